import { availableParallelism, totalmem } from 'node:os';
import { z } from 'zod';
import { blobSettings, commonSettings, flag, integer, text } from '@whisper/shared/kit/config';

/** Of the machine, or of the container where that has less. */
function halfOfMemory(): number {
  const allowed = process.constrainedMemory();
  return Math.floor((allowed > 0 ? Math.min(allowed, totalmem()) : totalmem()) / 2);
}

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
  /** Memory of the engine processes together: models that are not in use stay loaded within it. */
  ENGINE_MEMORY_BYTES: integer(halfOfMemory(), 0, 2 ** 50),
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
