import { isDeepStrictEqual } from 'node:util';
import { erasedError } from '../contracts/errors.ts';
import type { ModelClass } from '../contracts/identifiers.ts';
import type { Job } from '../contracts/job.ts';
import {
  isTerminal,
  jobRecordKey,
  queuedRecord,
  recordOf,
  type JobEntry,
  type JobRecord,
  type JobState,
} from '../contracts/job-record.ts';
import type { JsonBucket, Versioned } from './json-bucket.ts';

/** A record as it was last seen; without a revision it was not looked up yet. */
export interface Known {
  readonly value: JobRecord;
  readonly revision?: number;
}

export async function changeRecord(
  records: JsonBucket<JobEntry>,
  known: Known,
  change: (record: JobRecord) => JobRecord,
): Promise<Versioned<JobRecord>> {
  const key = jobRecordKey(known.value.jobId);
  const { revision: knownRevision } = known;
  let found =
    knownRevision === undefined ? notErased(await records.get(key)) : { ...known, revision: knownRevision };
  for (;;) {
    if (found && isTerminal(found.value.state)) return found;
    const value = change(found?.value ?? known.value);
    const revision = await write(records, value, found?.revision);
    if (revision !== undefined) return { value, revision };
    found = notErased(await records.get(key));
    if (found && isDeepStrictEqual(found.value, value)) return found; // ours: its acknowledgement was lost
  }
}

/** @returns the new revision, or `undefined` when somebody wrote since `revision`, or since there was none */
function write(
  records: JsonBucket<JobEntry>,
  value: JobEntry,
  revision: number | undefined,
): Promise<number | undefined> {
  const key = jobRecordKey(value.jobId);
  return revision === undefined ? records.create(key, value) : records.update(key, value, revision);
}

/** @throws PipelineError `job_erased` */
function notErased(found: Versioned<JobEntry> | undefined): Versioned<JobRecord> | undefined {
  if (!found) return undefined;
  const value = recordOf(found.value);
  if (value) return { value, revision: found.revision };
  throw erasedError();
}

export async function eraseRecord(records: JsonBucket<JobEntry>, jobId: string): Promise<void> {
  const key = jobRecordKey(jobId);
  const tombstone = {
    version: 1 as const,
    jobId,
    state: 'erased' as const,
    erasedAt: new Date().toISOString(),
  };
  for (;;) {
    const found = await records.get(key);
    if (found?.value.state === 'erased') return;
    const written = await write(records, tombstone, found?.revision);
    if (written !== undefined) return;
  }
}

export async function reopenRecord(
  records: JsonBucket<JobEntry>,
  job: Job,
  modelClass: ModelClass,
  from: readonly JobState[],
): Promise<JobRecord> {
  const key = jobRecordKey(job.jobId);
  for (;;) {
    const found = notErased(await records.get(key));
    if (found && !from.includes(found.value.state)) return found.value;
    const value = { ...queuedRecord(job, modelClass), ...(found && forgiven(found.value)) };
    const revision = await write(records, value, found?.revision);
    if (revision !== undefined) return value;
  }
}

/** Attempts keep their numbers, so that each has events of its own. */
const forgiven = ({ attempts }: JobRecord): Pick<JobRecord, 'attempts' | 'attemptsForgiven'> => ({
  attempts,
  attemptsForgiven: attempts,
});
