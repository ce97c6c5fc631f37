import { z } from 'zod';
import type { CertificateSettings } from './http/certificate.ts';
import { openByAccident } from './callers/key-policy.ts';
import { blobSettings, commonSettings, flag, integer, readSettings, text } from '@whisper/shared/kit/config';
import { allowListSchema } from '@whisper/shared/outbound/allow-list';

const GIB = 1024 ** 3;

const originSchema = z
  .string()
  .refine((origin) => URL.canParse(origin) && new URL(origin).origin === origin, {
    error: 'must be origins such as https://app.example.org, without a path, separated by commas',
  });
const origins = z
  .string()
  .default('')
  .transform((list) => list.split(',').filter((origin) => origin !== ''))
  .pipe(z.array(originSchema));

const shape = {
  ...commonSettings,
  ...blobSettings,
  HOST: text('127.0.0.1'),
  PORT: integer(8000, 0, 65_535),
  /** Whether a request needs an API key; without a word it does everywhere but on loopback. */
  API_KEYS: z.enum(['required', 'off']).optional(),
  /** Serves whoever can reach it: something else guards the port. */
  ALLOW_OPEN_ACCESS: flag(false),
  /** Pages that may read our answers in a browser, exactly as browsers name them. */
  CORS_ORIGINS: origins,
  /** HTTPS, with these files in PEM; read anew when they change. */
  TLS_CERT_FILE: z.string().optional(),
  TLS_KEY_FILE: z.string().optional(),
  DEFAULT_MODEL: text('base'),
  MAX_UPLOAD_BYTES: integer(GIB, 1, 5 * GIB),
  MAX_UPLOADS: integer(32, 1, 10_000),
  /** A connection that sends nothing of its upload for this long is cut. */
  UPLOAD_IDLE_SECONDS: integer(30, 1, 3_600),
  /** So is one that sends less than this over that time. */
  UPLOAD_MIN_BYTES_PER_SECOND: integer(8_192, 0, 1_000_000_000),
  /** How long a synchronous request waits for its text. */
  WAIT_SECONDS: integer(3_600, 1, 86_400),
  /** Whether a job ends when the last client that waited for it hangs up; one to come back for never does. */
  CANCEL_ABANDONED: flag(false),
  /** Then an answer in JSON begins with white space, so that nobody on its way takes it for dead; 0 never does. */
  KEEP_ALIVE_SECONDS: integer(50, 0, 3_600),
  /** Networks, addresses and hosts that callers may have reached though they are not public. */
  OUTBOUND_ALLOW: allowListSchema,
  /** Whether audio may be named by its address, and how long it may take to come. */
  URL_INPUT: flag(true),
  URL_INPUT_SECONDS: integer(600, 1, 86_400),
  /** Where the ends of jobs are told whose senders name no other place. */
  WEBHOOK_URL: z.url({ protocol: /^https?$/ }).optional(),
} as const;

export const config = readSettings(
  shape,
  process.env,
  (settings) => openByAccident(settings) ?? halfACertificate(settings),
);
export type IngestConfig = typeof config;

function halfACertificate({ TLS_CERT_FILE, TLS_KEY_FILE }: CertificateSettings): string | undefined {
  if ((TLS_CERT_FILE === undefined) === (TLS_KEY_FILE === undefined)) return undefined;
  return 'TLS_CERT_FILE and TLS_KEY_FILE belong together: set both or none';
}
