import type { Lane, ModelClass } from '@whisper/shared/contracts/identifiers';
import type { JobError, JobRecord, JobState } from '@whisper/shared/contracts/job-record';
import type { WorkerPresence } from '@whisper/shared/contracts/worker-presence';

/** How far a running job is; the length is known once its audio is decoded. */
export interface JobProgress {
  readonly processedSeconds: number;
  readonly totalSeconds: number | null;
}

/** Paths on this server. */
export interface JobLinks {
  readonly self: string;
  readonly events: string;
  readonly result: string;
}

/** A job as it is shown to whoever asks by HTTP; what is not known is `null`. */
export interface JobView {
  readonly jobId: string;
  readonly state: JobState;
  readonly model: string;
  readonly class: ModelClass;
  readonly lane: Lane | null;
  readonly workerId: string | null;
  readonly progress: JobProgress | null;
  readonly attempts: number;
  readonly submittedAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly error: JobError | null;
  readonly links: JobLinks;
}

export function describeJob(record: JobRecord, workers: readonly WorkerPresence[]): JobView {
  const { jobId, state, model, attempts, submittedAt } = record;
  return {
    ...{ jobId, state, model, class: record.modelClass, lane: record.lane ?? null },
    workerId: record.workerId ?? null,
    progress: state === 'running' ? progressOf(jobId, workers) : null,
    ...{ attempts, submittedAt, startedAt: record.startedAt ?? null, finishedAt: record.finishedAt ?? null },
    error: record.error ?? null,
    links: linksOf(jobId),
  };
}

export const jobPath = (jobId: string): string => `/jobs/${jobId}`;

export function linksOf(jobId: string): JobLinks {
  const self = jobPath(jobId);
  return { self, events: `${self}/events`, result: `${self}/result` };
}

/** From what workers tell of themselves: some seconds old, and nothing that has to be asked for. */
function progressOf(jobId: string, workers: readonly WorkerPresence[]): JobProgress | null {
  const slots = workers.flatMap(({ slots }) => slots);
  const slot = slots.find((each) => each.state === 'busy' && each.jobId === jobId);
  if (slot?.state !== 'busy') return null;
  return { processedSeconds: slot.processedSeconds, totalSeconds: slot.totalSeconds ?? null };
}
