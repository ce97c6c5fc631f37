import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { blobSettings, commonSettings, flag, integer, text } from '@whisper/shared/kit/config';

/** What both workers read from the environment. */
export const workerSettings = {
  ...commonSettings,
  ...blobSettings,
  WORKER_ID: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .optional(),
  /** Jobs at once: one engine process each. */
  SLOTS: integer(availableParallelism(), 1, 256),
  ENGINE_THREADS: integer(1, 1, 256),
  MODELS_DIR: text('.data/models'),
  HF_ENDPOINT: z.url().default('https://huggingface.co'),
  HF_TOKEN: z.string().optional(),
  MAX_AUDIO_SECONDS: integer(4 * 3600, 1, 24 * 3600),
  MAX_ATTEMPTS: integer(3, 1, 100),
  ENGINE_STALL_SECONDS: integer(120, 5, 3600),
  FFMPEG_BIN: text('ffmpeg'),
  /** Puts transcripts into `partial` and `completed` events; off, events carry ids and times only. */
  EVENT_TEXT: flag(false),
} as const;

export type WorkerSettings = z.infer<z.ZodObject<typeof workerSettings>>;

const ENGINE_VARIABLES = [
  'PATH',
  'LD_LIBRARY_PATH',
  'TMPDIR',
  'HOME',
  'XDG_RUNTIME_DIR',
  'CUDA_VISIBLE_DEVICES',
];

/** What an engine process inherits: how to find programs and libraries, and no credentials. */
export const engineEnvironment: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => ENGINE_VARIABLES.includes(name)),
);
