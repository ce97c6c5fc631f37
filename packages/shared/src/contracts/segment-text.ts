import { z } from 'zod';
import { defineMessage } from './define-message.ts';
import { jobIdSchema } from './identifiers.ts';

const segmentTextSchema = z.strictObject({
  version: z.literal(1),
  jobId: jobIdSchema,
  attempt: z.int().positive(),
  segmentId: z.int().nonnegative(),
  /** As decoded: a leading space is kept. */
  text: z.string(),
});
export type SegmentText = z.infer<typeof segmentTextSchema>;

/**
 * worker -> ingest: what a segment says, before its `partial` event. Kept apart from the events, which are read widely:
 * whoever may read `results` may read this.
 */
export const segmentText = defineMessage({
  name: 'segment-text',
  filter: 'segments.>',
  schema: segmentTextSchema,
  subject: ({ jobId, attempt, segmentId }: Omit<SegmentText, 'version' | 'text'>) =>
    `segments.${jobIdSchema.parse(jobId)}.${attempt}.${segmentId}`,
});

export function segmentTextsOfJob(jobId: string): string {
  return `segments.${jobIdSchema.parse(jobId)}.>`;
}
