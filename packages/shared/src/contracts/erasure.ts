import { z } from 'zod';
import { jobIdSchema, resultKeySchema } from './identifiers.ts';

/**
 * That a job is to be erased, and what belongs to it; one entry in the bucket `erasures`, which goes last. Until then
 * whoever finds it carries on.
 */
export const erasureSchema = z.strictObject({
  version: z.literal(1),
  jobId: jobIdSchema,
  resultKey: resultKeySchema,
  /** The blob of its audio; missing where the record did not hold its job. */
  audioKey: z.string().exactOptional(),
  /** The job that made the result which this one found: it goes too. What others make later stays. */
  resultMadeBy: jobIdSchema.exactOptional(),
  /** Everything was removed once. What was on its way at that moment goes with a second look. */
  swept: z.boolean(),
});
export type Erasure = z.infer<typeof erasureSchema>;
