import { isDeepStrictEqual } from 'node:util';
import type { Bus } from '../bus/connect.ts';
import {
  flightKey,
  flightSchema,
  isTerminal,
  jobRecordKey,
  jobRecordSchema,
  queuedRecord,
  type JobRecord,
} from '../contracts/job-record.ts';
import type { ModelClass } from '../contracts/identifiers.ts';
import type { Job } from '../contracts/job.ts';
import { BUCKETS } from '../contracts/topology.ts';
import { openJsonBucket, type JsonBucket, type Versioned } from './json-bucket.ts';

/** A record as it was last seen; without a revision it was not looked up yet. */
export interface Known {
  readonly value: JobRecord;
  readonly revision?: number;
}

/** State of each job, and which job is in flight for a result key. */
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
   * Opens a failed job anew: it gets all its attempts again. One that waits or runs is left as it is; a missing
   * record is made from the job.
   * @returns the record as it is now, which is final when the job ended otherwise than by failing
   */
  readonly reopen: (job: Job, modelClass: ModelClass) => Promise<JobRecord>;
  readonly inFlight: (resultKey: string) => Promise<Versioned<string> | undefined>;
  /** Claims a result key for a job; with `revision`, takes it over from a job that has ended. */
  readonly claim: (resultKey: string, jobId: string, revision?: number) => Promise<boolean>;
}

export async function openJobRecords(bus: Bus): Promise<JobRecords> {
  const records = await openJsonBucket(bus, BUCKETS.jobs.name, jobRecordSchema);
  const flights = await openJsonBucket(bus, BUCKETS.jobs.name, flightSchema);
  return {
    get: async (jobId) => (await records.get(jobRecordKey(jobId)))?.value,
    find: (jobId) => records.get(jobRecordKey(jobId)),
    create: async (record) => (await records.create(jobRecordKey(record.jobId), record)) !== undefined,
    change: (known, change) => changeRecord(records, known, change),
    reopen: (job, modelClass) => reopenRecord(records, job, modelClass),
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
  };
}

async function changeRecord(
  records: JsonBucket<JobRecord>,
  known: Known,
  change: (record: JobRecord) => JobRecord,
): Promise<Versioned<JobRecord>> {
  const key = jobRecordKey(known.value.jobId);
  let found = known.revision === undefined ? await records.get(key) : { ...known, revision: known.revision };
  for (;;) {
    if (found && isTerminal(found.value.state)) return found;
    const value = change(found?.value ?? known.value);
    const revision = found
      ? await records.update(key, value, found.revision)
      : await records.create(key, value);
    if (revision !== undefined) return { value, revision };
    found = await records.get(key);
    if (found && isDeepStrictEqual(found.value, value)) return found; // ours: its acknowledgement was lost
  }
}

async function reopenRecord(
  records: JsonBucket<JobRecord>,
  job: Job,
  modelClass: ModelClass,
): Promise<JobRecord> {
  const key = jobRecordKey(job.jobId);
  for (;;) {
    const found = await records.get(key);
    if (found && found.value.state !== 'failed') return found.value;
    const value = { ...queuedRecord(job, modelClass), ...(found && forgiven(found.value)) };
    const revision = found
      ? await records.update(key, value, found.revision)
      : await records.create(key, value);
    if (revision !== undefined) return value;
  }
}

/** Attempts keep their numbers, so that each has events of its own. */
const forgiven = ({ attempts }: JobRecord): Pick<JobRecord, 'attempts' | 'attemptsForgiven'> => ({
  attempts,
  attemptsForgiven: attempts,
});
