import { DEFAULT_OPTIONS } from '@whisper/shared/contracts/transcription-options';
import type { Job } from '@whisper/shared/contracts/job';
import type { WaitingJob } from '@whisper/scheduler/backlog/waiting-job';

const SHA = 'a'.repeat(64);

/** A job of a test; what it does not say is the default. */
export function testJob(part: Partial<Job> & { readonly jobId: string }): Job {
  const model = part.model ?? 'tiny';
  return {
    version: 1,
    resultKey: `${SHA}.${model}`,
    audio: { sha256: SHA, sizeBytes: 1_000 },
    model,
    options: DEFAULT_OPTIONS,
    tenant: 'default',
    priority: 'normal',
    submittedAt: '2026-01-01T00:00:00.000Z',
    ...part,
  };
}

let sequence = 0;

/** The next job of the intake. */
export function nextWaiting(part: Partial<Job>, arrivedMs = 0): WaitingJob {
  sequence++;
  return { job: testJob({ jobId: `job-${sequence}`, ...part }), sequence, arrivedMs };
}
