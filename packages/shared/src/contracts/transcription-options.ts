import { createHash } from 'node:crypto';
import { z } from 'zod';

/** Options that change what a transcript says. Defaults are left out of the result key. */
export const transcriptionOptionsSchema = z.strictObject({
  task: z.enum(['transcribe', 'translate']).default('transcribe'),
  /** ISO 639-1 code; `null` lets the model detect it. */
  language: z
    .string()
    .regex(/^[a-z]{2,3}$/, 'must be an ISO 639-1 code such as "en"')
    .nullable()
    .default(null),
});
export type TranscriptionOptions = z.infer<typeof transcriptionOptionsSchema>;

export const DEFAULT_OPTIONS: TranscriptionOptions = transcriptionOptionsSchema.parse({});

/**
 * 16 hexadecimal digits that stand for the options that depart from their defaults,
 * or `undefined` when none does.
 */
export function optionsDigest(options: TranscriptionOptions): string | undefined {
  const departures = Object.entries(options)
    .filter(([name, value]) => value !== DEFAULT_OPTIONS[name as keyof TranscriptionOptions])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (departures.length === 0) return undefined;
  return createHash('sha256').update(JSON.stringify(departures)).digest('hex').slice(0, 16);
}
