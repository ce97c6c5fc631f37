import type { Bus } from '../bus/connect.ts';
import { PipelineError } from '../contracts/errors.ts';
import type { ModelClass } from '../contracts/identifiers.ts';
import { audioBlobKey, type Job } from '../contracts/job.ts';
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

/** A job that can be run again: it has ended without a result, and its audio is there. */
export interface RetryableJob {
  readonly job: Job;
  readonly modelClass: ModelClass;
  readonly end: 'failed' | 'cancelled';
  readonly endedAt: string;
}

/** @throws PipelineError `job_not_retryable`, `storage_unavailable` */
export async function findRetryable(
  blobs: BlobStore,
  { finishedAt = '', job, modelClass, state }: JobRecord,
): Promise<RetryableJob> {
  if (state !== 'failed' && state !== 'cancelled') {
    throw notRetryable(`the job is ${state}: only a failed or cancelled one can be tried again`);
  }
  if (!job || !(await blobs.has(audioBlobKey(job)))) {
    throw notRetryable(`the job ${state}, and its audio is not kept any more: send it again`);
  }
  return { job, modelClass, end: state, endedAt: finishedAt };
}

/**
 * Runs a job again under its own id and with all its attempts.
 * @returns its record as it is now
 * @throws PipelineError `job_erased`, `storage_unavailable`, `queue_full`, `queue_unavailable`
 */
export async function retryJob(deps: RetryJob, retryable: RetryableJob): Promise<JobRecord> {
  const { end, endedAt, job, modelClass } = retryable;
  await keepAccepted(deps.blobs, job, modelClass);
  const opened = await deps.records.reopen(job, modelClass, RETRYABLE);
  const messageId = `${job.jobId}.retry-${Date.parse(endedAt)}`;
  await queueAnew(deps.bus, deps.records, { job, modelClass, end, messageId });
  await dropLetters(deps.bus, job.jobId);
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
