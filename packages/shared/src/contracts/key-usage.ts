import { z } from 'zod';
import { keyIdSchema } from './identifiers.ts';

/** A day in UTC, such as `2026-11-25`. */
export const daySchema = z.iso.date();

/** What a key's jobs were on one day: one entry in the bucket `usage`. */
export const keyUsageSchema = z.strictObject({
  version: z.literal(1),
  keyId: keyIdSchema,
  day: daySchema,
  /** Jobs that were completed; answers from the cache and joined ones are none. */
  jobs: z.int().nonnegative(),
  audioSeconds: z.number().nonnegative(),
  /** The last event that was counted: events come in order, so what is not after it was counted before. */
  lastSequence: z.int().nonnegative(),
});
export type KeyUsage = z.infer<typeof keyUsageSchema>;

export const usageKey = (keyId: string, day: string): string =>
  `${keyIdSchema.parse(keyId)}.${daySchema.parse(day)}`;

/** @param at a date and time in ISO 8601, UTC */
export const dayOf = (at: string): string => at.slice(0, 'yyyy-mm-dd'.length);
