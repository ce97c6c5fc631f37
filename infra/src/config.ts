import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { commonSettings, integer, readSettings, text } from '@whisper/shared/kit/config';

export const repositoryRoot = fileURLToPath(new URL('../../', import.meta.url));

const path = z.string().transform((given) => resolve(repositoryRoot, given));

const shape = {
  DRAIN_SECONDS: commonSettings.DRAIN_SECONDS,
  DATA_DIR: path.prefault('.data'),
  CACHE_DIR: path.prefault('.cache'),
  MODELS_DIR: path.optional(),
  /** An existing server to use; without it one is started here. */
  NATS_URL: z.string().optional(),
  NATS_PORT: integer(4222, 1, 65_535),
  BLOB_STORE: z.enum(['s3', 'jetstream']).default('s3'),
  /** An existing S3 to use; without it MinIO is started here. */
  S3_ENDPOINT: z.url().optional(),
  S3_BUCKET: text('audio'),
  S3_ACCESS_KEY: text('whisper'),
  S3_SECRET_KEY: z.string().min(8).optional(),
  MINIO_PORT: integer(9000, 1, 65_535),
  HOST: text('127.0.0.1'),
  PORT: integer(8000, 1, 65_535),
  /** Set, ingest speaks https; these are its own settings, and it says what is wrong with them. */
  TLS_CERT_FILE: path.optional(),
  TLS_KEY_FILE: path.optional(),
  DEFAULT_MODEL: z.string().optional(),
  HF_ENDPOINT: z.url().default('https://huggingface.co'),
  HF_TOKEN: z.string().optional(),
  /** `production` runs what `npm run build` made. */
  NODE_ENV: z.string().optional(),
} as const;

/** Settings of `npm start`; the services read theirs from the same environment, which is passed on. */
export const startSettings = readSettings(shape, process.env);
export type StartSettings = typeof startSettings;

export const environment: NodeJS.ProcessEnv = process.env;
