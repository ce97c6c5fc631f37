import { z } from 'zod';
import { jobIdSchema, laneSchema, modelClassSchema, modelNameSchema, tenantSchema } from './identifiers.ts';

/** Questions that the leading scheduler answers by request and reply; who stands by is silent. */
export const POSITION_SUBJECT = 'scheduler.position';
export const BOARD_SUBJECT = 'scheduler.board';

const count = z.int().nonnegative();
const seconds = z.number().nonnegative();

export const positionQuestionSchema = z.strictObject({ version: z.literal(1), jobId: jobIdSchema });
export type PositionQuestion = z.infer<typeof positionQuestionSchema>;

export const PLACE_PHASES = ['backlog', 'assigned', 'running'] as const;

/** Where a job is: waiting in the backlog, given to a lane, or running. */
export const placeSchema = z.strictObject({
  phase: z.enum(PLACE_PHASES),
  modelClass: modelClassSchema,
  /** Where it runs or is expected to run. */
  lane: laneSchema.exactOptional(),
  /** 1: nothing of its class starts before it; 0: it runs. */
  position: count,
  /** From now; both are missing while no worker lives. */
  startsInSeconds: seconds.exactOptional(),
  etaSeconds: seconds.exactOptional(),
});
export type Place = z.infer<typeof placeSchema>;

/** No place: the job has ended, or the leader has not heard of it yet. */
export const positionAnswerSchema = z.strictObject({
  version: z.literal(1),
  place: placeSchema.exactOptional(),
});
export type PositionAnswer = z.infer<typeof positionAnswerSchema>;

const boardClassSchema = z.strictObject({
  modelClass: modelClassSchema,
  weight: z.int().positive(),
  /** Accepted, not yet given to a lane. */
  backlog: count,
  /** Age of the job that has waited longest for a lane. */
  oldestSeconds: seconds.exactOptional(),
  /** Those with the deepest backlog, deepest first. */
  tenants: z.array(z.strictObject({ tenant: tenantSchema, weight: z.number().positive(), backlog: count })),
  /** Until what waits now has been started; missing while no worker lives. */
  drainSeconds: seconds.exactOptional(),
  /** Mean time between two ends of jobs of this class, as forecast; missing while none is expected. */
  secondsPerJob: seconds.exactOptional(),
  /** Until the next job of this class ends, which makes room for one; missing while none is expected. */
  nextEndSeconds: seconds.exactOptional(),
});
export type BoardClass = z.infer<typeof boardClassSchema>;

const boardLaneClassSchema = z.strictObject({
  modelClass: modelClassSchema,
  /** Given to the lane, not started. */
  waiting: count,
  running: count,
  oldestSeconds: seconds.exactOptional(),
  /** Jobs that ended here in the last minute. */
  endedLastMinute: count,
});

export const boardSchema = z.strictObject({
  version: z.literal(1),
  schedulerId: z.string(),
  leadingSeconds: seconds,
  classes: z.array(boardClassSchema),
  lanes: z.array(
    z.strictObject({
      lane: laneSchema,
      workers: count,
      slots: count,
      classes: z.array(boardLaneClassSchema),
    }),
  ),
  /** Seconds that a job takes, as measured. */
  speeds: z.array(
    z.strictObject({ model: modelNameSchema, lane: laneSchema, secondsPerJob: seconds, jobs: count }),
  ),
});
export type Board = z.infer<typeof boardSchema>;
