import type { Bus } from '../bus/connect.ts';
import {
  flightKey,
  flightSchema,
  flightsOfAudio,
  jobEntrySchema,
  jobRecordKey,
  recordOf,
  type JobRecord,
  type JobState,
} from '../contracts/job-record.ts';
import type { ModelClass } from '../contracts/identifiers.ts';
import type { Job } from '../contracts/job.ts';
import { BUCKETS } from '../contracts/topology.ts';
import { changeRecord, eraseRecord, reopenRecord, type Known } from './change-record.ts';
import { openJsonBucket, type Versioned } from './json-bucket.ts';

/**
 * State of each job, and which job is in flight for a result key. A job that was erased is not found, and nothing can
 * be written of it: what changes a record then @throws PipelineError `job_erased`.
 */
export interface JobRecords {
  readonly get: (jobId: string) => Promise<JobRecord | undefined>;
  /** With its revision, to see whether anybody has written since. */
  readonly find: (jobId: string) => Promise<Versioned<JobRecord> | undefined>;
  /** @returns false when there is one already */
  readonly create: (record: JobRecord) => Promise<boolean>;
  /**
   * Changes a record that is not final yet; a missing one is made from `known.value`. What is known is tried
   * first, and read anew when somebody else wrote since.
   * @returns the record as it is now: a final one is never changed
   */
  readonly change: (known: Known, change: (record: JobRecord) => JobRecord) => Promise<Versioned<JobRecord>>;
  /**
   * Opens a job anew that ended in one of these states: it gets all its attempts again. One that waits or runs is left
   * as it is; a missing record is made from the job.
   * @returns the record as it is now, which is final when the job ended otherwise
   */
  readonly reopen: (job: Job, modelClass: ModelClass, from: readonly JobState[]) => Promise<JobRecord>;
  /** Puts a tombstone in the place of a job's record, for good. */
  readonly erase: (jobId: string) => Promise<void>;
  readonly isErased: (jobId: string) => Promise<boolean>;
  readonly inFlight: (resultKey: string) => Promise<Versioned<string> | undefined>;
  /** Claims a result key for a job; with `revision`, takes it over from a job that has ended. */
  readonly claim: (resultKey: string, jobId: string, revision?: number) => Promise<boolean>;
  /** Lets go of a result key, if it is this job's; nothing tells afterwards that it was. */
  readonly release: (resultKey: string, jobId: string) => Promise<void>;
  /** The jobs that were last in flight for the tenant and recording of a result key, one a model and options. */
  readonly jobsOfAudio: (resultKey: string) => Promise<readonly string[]>;
}

export async function openJobRecords(bus: Bus): Promise<JobRecords> {
  const records = await openJsonBucket(bus, BUCKETS.jobs.name, jobEntrySchema);
  const flights = await openJsonBucket(bus, BUCKETS.jobs.name, flightSchema);
  return {
    get: async (jobId) => recordOf((await records.get(jobRecordKey(jobId)))?.value),
    find: async (jobId) => {
      const found = await records.get(jobRecordKey(jobId));
      const value = recordOf(found?.value);
      return found && value && { value, revision: found.revision };
    },
    create: async (record) => (await records.create(jobRecordKey(record.jobId), record)) !== undefined,
    change: (known, change) => changeRecord(records, known, change),
    reopen: (job, modelClass, from) => reopenRecord(records, job, modelClass, from),
    erase: (jobId) => eraseRecord(records, jobId),
    isErased: async (jobId) => (await records.get(jobRecordKey(jobId)))?.value.state === 'erased',
    inFlight: async (resultKey) => {
      const found = await flights.get(flightKey(resultKey));
      return found && { value: found.value.jobId, revision: found.revision };
    },
    claim: async (resultKey, jobId, revision) => {
      const flight = { version: 1 as const, jobId };
      const claimed =
        revision === undefined
          ? flights.create(flightKey(resultKey), flight)
          : flights.update(flightKey(resultKey), flight, revision);
      return (await claimed) !== undefined;
    },
    release: async (resultKey, jobId) => {
      const found = await flights.get(flightKey(resultKey));
      if (found?.value.jobId === jobId) {
        await flights.forget(found.revision);
      }
    },
    jobsOfAudio: async (resultKey) => {
      const found = await flights.getAll(flightsOfAudio(resultKey));
      return found.map(({ jobId }) => jobId);
    },
  };
}
