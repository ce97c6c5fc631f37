import { z } from 'zod';
import { withSettingsFromFiles } from './settings-from-files.ts';

/** Settings from the environment: all strings, so each helper says exactly what it takes. */
const digits = z.string().regex(/^\d+$/, 'must be a whole number').transform(Number);

/** A whole number with bounds. `z.coerce.number()` would turn '' into 0. */
export function integer(defaultValue: number, min: number, max: number): z.ZodType<number> {
  return digits.pipe(z.number().min(min).max(max)).default(defaultValue);
}

export function text(defaultValue: string): z.ZodType<string> {
  return z.string().min(1).default(defaultValue);
}

export function flag(defaultValue: boolean): z.ZodType<boolean> {
  return z.stringbool().default(defaultValue);
}

/** Where NATS is, and how a process says who it is: one of the ways, or none. */
export const natsSettings = {
  NATS_URL: text('nats://127.0.0.1:4222'),
  NATS_NKEY_SEED_FILE: z.string().optional(),
  NATS_NKEYS_DIR: z.string().optional(),
  NATS_CREDS_FILE: z.string().optional(),
  NATS_USER: z.string().optional(),
  NATS_PASSWORD: z.string().optional(),
  NATS_CA_FILE: z.string().optional(),
  NATS_CERT_FILE: z.string().optional(),
  NATS_KEY_FILE: z.string().optional(),
} as const;

/** What every service reads. */
export const commonSettings = {
  ...natsSettings,
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  DATA_DIR: text('.data'),
  DRAIN_SECONDS: integer(30, 1, 3600),
} as const;

/** Where audio and large results are kept. */
export const blobSettings = {
  BLOB_STORE: z.enum(['s3', 'jetstream']).default('s3'),
  S3_ENDPOINT: z.url().default('http://127.0.0.1:9000'),
  S3_REGION: text('us-east-1'),
  S3_BUCKET: text('audio'),
  S3_ACCESS_KEY: text('whisper'),
  S3_SECRET_KEY: text('whisper-secret'),
  S3_CA_FILE: z.string().optional(),
} as const;

/**
 * Parses the environment once; empty values count as unset, and `<SETTING>_FILE` names a file that holds one. On
 * failure prints what is wrong, setting by setting, and ends the process with 1.
 * @param contradiction what is wrong between settings that are right by themselves
 */
export function readSettings<Shape extends z.ZodRawShape>(
  shape: Shape,
  env: Readonly<Record<string, string | undefined>>,
  contradiction: (settings: z.infer<z.ZodObject<Shape>>) => string | undefined = () => undefined,
): Readonly<z.infer<z.ZodObject<Shape>>> {
  const result = z.object(shape).safeParse(givenSettings(Object.keys(shape), env));
  if (!result.success) return refuse(z.prettifyError(result.error));
  const wrong = contradiction(result.data);
  return wrong === undefined ? Object.freeze(result.data) : refuse(wrong);
}

function givenSettings(names: readonly string[], env: Readonly<Record<string, string | undefined>>): object {
  try {
    const all = withSettingsFromFiles(names, env);
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(why: string): never {
  process.stderr.write(`Settings are wrong:\n${why}\n`);
  process.exit(1);
}
