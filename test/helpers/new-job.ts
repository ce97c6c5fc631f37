import { createHash } from 'node:crypto';
import { DEFAULT_TENANT } from '@whisper/shared/contracts/identifiers';
import type { Job } from '@whisper/shared/contracts/job';
import { DEFAULT_OPTIONS } from '@whisper/shared/contracts/transcription-options';

/** A job for the model `tiny` that no audio stands behind. */
export function newJob(jobId: string): Job {
  const sha256 = createHash('sha256').update(jobId).digest('hex');
  return {
    version: 1,
    jobId,
    resultKey: `${sha256}.tiny`,
    audio: { sha256, sizeBytes: 1_000 },
    model: 'tiny',
    options: DEFAULT_OPTIONS,
    tenant: DEFAULT_TENANT,
    priority: 'normal',
    submittedAt: new Date().toISOString(),
  };
}
