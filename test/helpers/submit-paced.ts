import { createHash } from 'node:crypto';
import type { Bus } from '@whisper/shared/bus/connect';
import { publishDurably } from '@whisper/shared/bus/publish';
import { audioBlobKey, type Job } from '@whisper/shared/contracts/job';
import { queuedRecord } from '@whisper/shared/contracts/job-record';
import { jobSubmitted } from '@whisper/shared/contracts/job-submitted';
import { classOf } from '@whisper/shared/contracts/model-priority';
import type { BlobStore } from '@whisper/shared/storage/blob-store';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import type { PacedAudio } from './paced-audio.ts';
import { testJob } from './test-jobs.ts';

export interface SubmitPaced {
  readonly bus: Bus;
  readonly blobs: BlobStore;
  readonly records: JobRecords;
}

/** Submits a job as ingest does, for any tenant: audio stored, queued, recorded. */
export async function submitPaced(
  { bus, blobs, records }: SubmitPaced,
  part: Partial<Job> & { readonly jobId: string },
  audio: Omit<PacedAudio, 'text'>,
): Promise<Job> {
  const bytes = Buffer.from(JSON.stringify({ text: part.jobId, ...audio }));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const model = part.model ?? 'tiny';
  const job = testJob({
    ...part,
    resultKey: `${sha256}.${model}`,
    audio: { sha256, sizeBytes: bytes.length },
    submittedAt: new Date().toISOString(),
  });
  await blobs.putBytes(audioBlobKey(job), bytes);
  const modelClass = classOf(model, {});
  const subject = jobSubmitted.subject({ modelClass, tenant: job.tenant });
  await publishDurably(bus, subject, jobSubmitted.encode(job), { messageId: job.jobId });
  await records.create(queuedRecord(job, modelClass));
  return job;
}
