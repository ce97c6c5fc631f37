import type { ModelClass } from '@whisper/shared/contracts/identifiers';
import { queuedRecord, type JobRecord } from '@whisper/shared/contracts/job-record';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import type { JobDraft } from '../submission/join-or-submit.ts';
import { newJobId } from '../submission/submit-job.ts';

export interface RecordHit {
  readonly records: JobRecords;
  readonly classOf: (model: string) => ModelClass;
}

/** A text that was there already has no job; whoever asks for one gets one that has ended. */
export async function recordHit(
  { classOf, records }: RecordHit,
  draft: JobDraft,
  jobId = newJobId(),
): Promise<JobRecord> {
  const job = { ...draft, jobId };
  const queued = queuedRecord(job, classOf(job.model));
  const record: JobRecord = { ...queued, state: 'completed', finishedAt: new Date().toISOString() };
  await records.create(record);
  return record;
}
