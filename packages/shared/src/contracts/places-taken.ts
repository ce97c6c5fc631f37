import { z } from 'zod';
import { jobIdSchema, timestampSchema } from './identifiers.ts';

/** The jobs of a key that were in flight when it was last looked: one entry in the bucket `places`, by the key's id. */
export const placesTakenSchema = z.strictObject({
  version: z.literal(1),
  jobs: z.array(
    z.strictObject({
      jobId: jobIdSchema,
      since: timestampSchema,
      /** When the job had ended that is tried again; while its record says so, it is about to be. */
      endedAt: timestampSchema.exactOptional(),
    }),
  ),
});
export type PlacesTaken = z.infer<typeof placesTakenSchema>;
