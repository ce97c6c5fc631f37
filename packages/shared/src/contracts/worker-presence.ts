import { z } from 'zod';
import { jobIdSchema, laneSchema, modelNameSchema, timestampSchema, workerIdSchema } from './identifiers.ts';
import { modelIdentitySchema } from './stored-result.ts';

/** How often a worker renews its presence, and when one that does not is taken for gone. */
export const PRESENCE_INTERVAL_MS = 2_000;
export const PRESENCE_TTL_MS = 6_500;

const slotSchema = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('idle') }),
  z.strictObject({
    state: z.literal('busy'),
    jobId: jobIdSchema,
    model: modelNameSchema,
    since: timestampSchema,
    processedSeconds: z.number().nonnegative(),
    /** Known once the audio is decoded. */
    totalSeconds: z.number().nonnegative().exactOptional(),
  }),
]);
export type SlotPresence = z.infer<typeof slotSchema>;

/** How fast this worker was with a model, over its latest jobs. */
const speedSchema = z.strictObject({
  model: modelNameSchema,
  /** Seconds of audio done in a second; 0 while none had a known length. */
  audioSecondsPerSecond: z.number().nonnegative(),
  /** Seconds that a job held its slot, fetching included. */
  secondsPerJob: z.number().nonnegative(),
  jobs: z.int().positive(),
});
export type WorkerSpeed = z.infer<typeof speedSchema>;

/** One entry in the bucket `workers`: who is alive and what it does. */
export const workerPresenceSchema = z.strictObject({
  version: z.literal(1),
  workerId: workerIdSchema,
  lane: laneSchema,
  /** For people: the processor's or the card's name and the execution provider. */
  device: z.string(),
  slots: z.array(slotSchema),
  /** On this worker's disk, ready to load. */
  localModels: z.array(modelIdentitySchema),
  loadedModels: z.array(modelNameSchema),
  speeds: z.array(speedSchema).default([]),
  startedAt: timestampSchema,
  updatedAt: timestampSchema,
});
export type WorkerPresence = z.infer<typeof workerPresenceSchema>;
