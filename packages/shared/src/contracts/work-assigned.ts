import { z } from 'zod';
import { defineMessage } from './define-message.ts';
import { laneSchema, modelClassSchema, timestampSchema, type Lane, type ModelClass } from './identifiers.ts';
import { jobSchema } from './job.ts';

const workSchema = z.strictObject({
  version: z.literal(1),
  job: jobSchema,
  lane: laneSchema,
  modelClass: modelClassSchema,
  assignedAt: timestampSchema,
});
export type Work = z.infer<typeof workSchema>;

export interface WorkAddress {
  readonly lane: Lane;
  readonly modelClass: ModelClass;
}

/** scheduler -> workers of a lane: a job to run. */
export const workAssigned = defineMessage({
  name: 'work-assigned',
  filter: 'work.*.*',
  schema: workSchema,
  subject: ({ lane, modelClass }: WorkAddress) =>
    `work.${laneSchema.parse(lane)}.${modelClassSchema.parse(modelClass)}`,
});

/** All work of one lane. */
export const workFilter = (lane: Lane): string => `work.${lane}.*`;

/** Where the stream of a lane announces that work has arrived (headers only). */
export function wakeSubject({ lane, modelClass }: WorkAddress): string {
  return `wake.${lane}.${modelClass}`;
}

export function wakeFilter(lane: Lane): string {
  return `wake.${lane}.*`;
}
