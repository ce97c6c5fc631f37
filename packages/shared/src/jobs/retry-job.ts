import type { Bus } from '../bus/connect.ts';
import { PipelineError } from '../contracts/errors.ts';
import { audioBlobKey } from '../contracts/job.ts';
import type { JobRecord, JobState } from '../contracts/job-record.ts';
import { keepAccepted } from '../storage/accepted-jobs.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { JobRecords } from '../storage/job-records.ts';
import { dropDeadLetter, listDeadLetters } from './dead-letters.ts';
import { queueAnew } from './queue-anew.ts';

export interface RetryJob {
  readonly bus: Bus;
  readonly blobs: BlobStore;
  readonly records: JobRecords;
}

/**
 * Runs a job again that failed or was cancelled, under its own id and with all its attempts.
 * @returns its record as it is now
 * @throws PipelineError `job_not_retryable`, `storage_unavailable`, `queue_full`, `queue_unavailable`
 */
export async function retryJob(deps: RetryJob, record: JobRecord): Promise<JobRecord> {
  const { finishedAt = '', job, jobId, modelClass, state } = record;
  if (state !== 'failed' && state !== 'cancelled') {
    throw notRetryable(`the job is ${state}: only a failed or cancelled one can be tried again`);
  }
  if (!job || !(await deps.blobs.has(audioBlobKey(job)))) {
    throw notRetryable(`the job ${state}, and its audio is not kept any more: send it again`);
  }
  await keepAccepted(deps.blobs, job, modelClass);
  const opened = await deps.records.reopen(job, modelClass, RETRYABLE);
  const messageId = `${jobId}.retry-${Date.parse(finishedAt)}`;
  await queueAnew(deps.bus, deps.records, { job, modelClass, end: state, messageId });
  await dropLetters(deps.bus, jobId);
  return opened;
}

const RETRYABLE: readonly JobState[] = ['failed', 'cancelled'];

const notRetryable = (message: string): PipelineError => new PipelineError('job_not_retryable', message);

/** An operator's replay would run it once more. */
async function dropLetters(bus: Bus, jobId: string): Promise<void> {
  for (const entry of await listDeadLetters(bus)) {
    if (entry.letter.jobId === jobId) await dropDeadLetter(bus, entry);
  }
}
