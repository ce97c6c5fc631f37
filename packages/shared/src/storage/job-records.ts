import type { Bus } from '../bus/connect.ts';
import {
  flightKey,
  flightSchema,
  isTerminal,
  jobRecordKey,
  jobRecordSchema,
  type JobRecord,
} from '../contracts/job-record.ts';
import { BUCKETS } from '../contracts/topology.ts';
import { openJsonBucket, type Versioned } from './json-bucket.ts';

/** State of each job, and which job is in flight for a result key. */
export interface JobRecords {
  readonly get: (jobId: string) => Promise<JobRecord | undefined>;
  /** @returns false when there is one already */
  readonly create: (record: JobRecord) => Promise<boolean>;
  /**
   * Changes a record that is not terminal yet; a missing one is made from `fallback`.
   * @returns the record as it is now: a terminal one is never changed
   */
  readonly change: (fallback: JobRecord, change: (record: JobRecord) => JobRecord) => Promise<JobRecord>;
  readonly inFlight: (resultKey: string) => Promise<Versioned<string> | undefined>;
  /** Claims a result key for a job; with `revision`, takes it over from a job that has ended. */
  readonly claim: (resultKey: string, jobId: string, revision?: number) => Promise<boolean>;
}

export async function openJobRecords(bus: Bus): Promise<JobRecords> {
  const records = await openJsonBucket(bus, BUCKETS.jobs.name, jobRecordSchema);
  const flights = await openJsonBucket(bus, BUCKETS.jobs.name, flightSchema);
  return {
    get: async (jobId) => (await records.get(jobRecordKey(jobId)))?.value,
    create: (record) => records.create(jobRecordKey(record.jobId), record),
    change: async (fallback, change) => {
      const key = jobRecordKey(fallback.jobId);
      for (;;) {
        const found = await records.get(key);
        if (found && isTerminal(found.value.state)) return found.value;
        const next = change(found?.value ?? fallback);
        const written = found
          ? await records.update(key, next, found.revision)
          : await records.create(key, next);
        if (written) return next;
      }
    },
    inFlight: async (resultKey) => {
      const found = await flights.get(flightKey(resultKey));
      return found && { value: found.value.jobId, revision: found.revision };
    },
    claim: (resultKey, jobId, revision) => {
      const flight = { version: 1 as const, jobId };
      return revision === undefined
        ? flights.create(flightKey(resultKey), flight)
        : flights.update(flightKey(resultKey), flight, revision);
    },
  };
}
