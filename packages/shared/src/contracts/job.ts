import { z } from 'zod';
import {
  jobIdSchema,
  modelNameSchema,
  resultKeySchema,
  sha256Schema,
  timestampSchema,
} from './identifiers.ts';
import { transcriptionOptionsSchema } from './transcription-options.ts';

/** One unit of work: one result key. Carries no file name and no text. */
export const jobSchema = z.strictObject({
  version: z.literal(1),
  jobId: jobIdSchema,
  resultKey: resultKeySchema,
  audio: z.strictObject({ sha256: sha256Schema, sizeBytes: z.int().positive() }),
  model: modelNameSchema,
  options: transcriptionOptionsSchema,
  submittedAt: timestampSchema,
});
export type Job = z.infer<typeof jobSchema>;

/** The blob that holds a job's audio; built from server data only. */
export function audioBlobKey(sha256: string): string {
  return `audio/${sha256Schema.parse(sha256)}`;
}
