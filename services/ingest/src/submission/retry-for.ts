import type { Job } from '@whisper/shared/contracts/job';
import { isTerminal, type JobRecord } from '@whisper/shared/contracts/job-record';
import { findRetryable, retryJob, type RetryJob } from '@whisper/shared/jobs/retry-job';
import type { KeyUsages } from '@whisper/shared/storage/key-usage';
import type { Caller } from '../callers/caller.ts';
import { checkDailyQuota } from '../callers/daily-quota.ts';
import type { Places } from './places.ts';

export interface RetryFor extends RetryJob {
  readonly places: Places;
  readonly usages: KeyUsages;
}

/**
 * Runs a job again for a caller, within what the caller's key may have, as if it had been sent anew: from now on it is
 * that key's job, and counted for it.
 * @returns its record as it is now
 * @throws PipelineError `quota_exceeded`, `job_not_retryable`, `too_many_jobs`; why it could not be queued
 */
export async function retryFor(deps: RetryFor, caller: Caller, record: JobRecord): Promise<JobRecord> {
  await checkDailyQuota(deps.usages, caller, new Date());
  const found = await findRetryable(deps.blobs, record);
  const retryable = { ...found, job: jobOf(caller, found.job) };
  await deps.places.take(retryable.job, found.endedAt);
  try {
    return await retryJob(deps, retryable);
  } catch (error) {
    await giveBackUnlessOpen(deps, retryable.job);
    throw error;
  }
}

function jobOf({ key }: Caller, { keyId: _former, ...job }: Job): Job {
  return key ? { ...job, keyId: key.keyId } : job;
}

/** One whose record was opened will run, though it could not be queued now: it is found by its record. */
async function giveBackUnlessOpen({ places, records }: RetryFor, job: Job): Promise<void> {
  const record = await records.get(job.jobId);
  if (!record || isTerminal(record.state)) await places.giveBack(job);
}
