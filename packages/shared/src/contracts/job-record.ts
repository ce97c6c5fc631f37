import { z } from 'zod';
import { ERROR_CODES } from './errors.ts';
import {
  DEFAULT_TENANT,
  jobIdSchema,
  laneSchema,
  modelClassSchema,
  modelNameSchema,
  resultKeySchema,
  timestampSchema,
  workerIdSchema,
  type ModelClass,
} from './identifiers.ts';
import { jobSchema, type Job } from './job.ts';

export const JOB_STATES = ['queued', 'running', 'completed', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

const jobErrorSchema = z.strictObject({
  code: z.enum(ERROR_CODES),
  message: z.string(),
  field: z.string().exactOptional(),
});
export type JobError = z.infer<typeof jobErrorSchema>;

/** What is known of a job; one entry in the bucket `jobs`. */
export const jobRecordSchema = z.strictObject({
  version: z.literal(1),
  jobId: jobIdSchema,
  resultKey: resultKeySchema,
  model: modelNameSchema,
  state: z.enum(JOB_STATES),
  modelClass: modelClassSchema,
  lane: laneSchema.exactOptional(),
  /** Attempts that reached the engine; an outage of NATS or S3 burns none. */
  attempts: z.int().nonnegative(),
  /** Of those, the ones before an operator's replay: they count against no limit any more. */
  attemptsForgiven: z.int().nonnegative().exactOptional(),
  /** The job as it was submitted, so that one that fell out of every queue can be queued again. */
  job: jobSchema.exactOptional(),
  /** Only requests that wait have asked for it: where the operator wants that, it ends when the last of them has gone. */
  attached: z.literal(true).exactOptional(),
  workerId: workerIdSchema.exactOptional(),
  submittedAt: timestampSchema,
  startedAt: timestampSchema.exactOptional(),
  finishedAt: timestampSchema.exactOptional(),
  error: jobErrorSchema.exactOptional(),
});
export type JobRecord = z.infer<typeof jobRecordSchema>;

/**
 * What stays of a job that was erased, in the place of its record: it says nothing of anybody, and keeps whoever had
 * the job in hand from writing the record anew.
 */
export const tombstoneSchema = z.strictObject({
  version: z.literal(1),
  jobId: jobIdSchema,
  state: z.literal('erased'),
  erasedAt: timestampSchema,
});
export type Tombstone = z.infer<typeof tombstoneSchema>;

/** What the bucket `jobs` holds under a job's key. */
export const jobEntrySchema = z.union([jobRecordSchema, tombstoneSchema]);
export type JobEntry = z.infer<typeof jobEntrySchema>;

/** @returns `undefined` for a job that was erased */
export function recordOf(entry: JobEntry | undefined): JobRecord | undefined {
  return entry?.state === 'erased' ? undefined : entry;
}

/** The record of a job that has just been queued. */
export function queuedRecord(job: Job, modelClass: ModelClass): JobRecord {
  return {
    version: 1,
    jobId: job.jobId,
    resultKey: job.resultKey,
    model: job.model,
    modelClass,
    state: 'queued',
    attempts: 0,
    submittedAt: job.submittedAt,
    job,
  };
}

/** The job that is in flight for a result key: identical requests attach to it. */
export const flightSchema = z.strictObject({ version: z.literal(1), jobId: jobIdSchema });
export type Flight = z.infer<typeof flightSchema>;

export const jobRecordKey = (jobId: string): string => `job.${jobId}`;
export const flightKey = (resultKey: string): string => `flight.${resultKey}`;
/** Flights of all jobs of a result key's tenant and recording, whatever their models and options. */
export const flightsOfAudio = (resultKey: string): string => flightKey(`${resultKey.split('.')[0] ?? ''}.>`);

/** Attempts that count against the limit: those since an operator's last replay. */
export function countedAttempts({ attempts, attemptsForgiven = 0 }: JobRecord): number {
  return attempts - attemptsForgiven;
}

/** Whose job it is; records from before jobs had tenants are of those who came without a key. */
export function tenantOf({ job }: JobRecord): string {
  return job?.tenant ?? DEFAULT_TENANT;
}

export function isTerminal(state: JobState): boolean {
  return state === 'completed' || state === 'failed' || state === 'cancelled';
}
