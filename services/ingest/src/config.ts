import { blobSettings, commonSettings, flag, integer, readSettings, text } from '@whisper/shared/kit/config';

const GIB = 1024 ** 3;

const shape = {
  ...commonSettings,
  ...blobSettings,
  HOST: text('127.0.0.1'),
  PORT: integer(8000, 0, 65_535),
  DEFAULT_MODEL: text('base'),
  MAX_UPLOAD_BYTES: integer(GIB, 1, 5 * GIB),
  MAX_UPLOADS: integer(32, 1, 10_000),
  /** A connection that sends nothing of its upload for this long is cut. */
  UPLOAD_IDLE_SECONDS: integer(30, 1, 3_600),
  /** How long a synchronous request waits for its text. */
  WAIT_SECONDS: integer(3_600, 1, 86_400),
  /** Whether a job ends when the last client that waited for it hangs up; one to come back for never does. */
  CANCEL_ABANDONED: flag(false),
  /** Then an answer in JSON begins with white space, so that nobody on its way takes it for dead; 0 never does. */
  KEEP_ALIVE_SECONDS: integer(50, 0, 3_600),
} as const;

export const config = readSettings(shape, process.env);
export type IngestConfig = typeof config;
