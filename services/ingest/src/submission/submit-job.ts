import { randomBytes } from 'node:crypto';
import type { Bus } from '@whisper/shared/bus/connect';
import { publishDurably } from '@whisper/shared/bus/publish';
import { audioBlobKey, type Job } from '@whisper/shared/contracts/job';
import { queuedRecord } from '@whisper/shared/contracts/job-record';
import { jobSubmitted } from '@whisper/shared/contracts/job-submitted';
import { keepAccepted } from '@whisper/shared/storage/accepted-jobs';
import type { BlobStore } from '@whisper/shared/storage/blob-store';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import type { Settings } from '@whisper/shared/storage/settings';
import type { SpooledFile } from './hash-upload.ts';
import type { Places } from './places.ts';

export interface SubmitJob {
  readonly bus: Bus;
  readonly blobs: BlobStore;
  readonly records: JobRecords;
  readonly settings: Settings;
  readonly places: Places;
}

/** 96 random bits after the time: sorts by age, cannot be guessed. */
export function newJobId(): string {
  return `${Date.now().toString(36)}-${randomBytes(12).toString('hex')}`;
}

/**
 * Accepts a job, if its key has a place for it.
 * @throws PipelineError `too_many_jobs`, `storage_unavailable`, `queue_full`, `queue_unavailable`
 */
export async function submitJob(
  deps: SubmitJob,
  job: Job,
  file: SpooledFile,
  then: 'wait' | 'leave',
): Promise<void> {
  await deps.places.take(job);
  try {
    await submit(deps, job, file, then);
  } catch (error) {
    await deps.places.giveBack(job);
    throw error;
  }
}

/**
 * The order is a promise: the audio is stored, then the job is queued, then its record says so;
 * a crash in between leaves nothing accepted, and repeating it changes nothing.
 */
async function submit(deps: SubmitJob, job: Job, file: SpooledFile, then: 'wait' | 'leave'): Promise<void> {
  const modelClass = deps.settings.classOf(job.model);
  await Promise.all([
    // Also when it is there: it may be about to expire.
    deps.blobs.putFile(audioBlobKey(job), file.path, file.sizeBytes),
    keepAccepted(deps.blobs, job, modelClass),
  ]);
  const subject = jobSubmitted.subject({ modelClass, tenant: job.tenant });
  await publishDurably(deps.bus, subject, jobSubmitted.encode(job), { messageId: job.jobId });
  const record = queuedRecord(job, modelClass);
  await deps.records.create(then === 'wait' ? { ...record, attached: true } : record);
}
