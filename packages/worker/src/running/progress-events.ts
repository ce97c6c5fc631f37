import { publishEvent } from '@whisper/shared/bus/publish-event';
import type { JobEventData, JobEventKind } from '@whisper/shared/contracts/job-event';
import type { Segment } from '@whisper/shared/contracts/transcript';
import type { Work } from '@whisper/shared/contracts/work-assigned';
import type { WorkerDeps } from './worker-deps.ts';

const PROGRESS_EVERY_MS = 2_000;

/** Tells subscribers how a running job gets on; a lost one harms nobody, so nobody waits for them. */
export interface ProgressEvents {
  readonly started: () => void;
  readonly progress: (processedSeconds: number, totalSeconds: number) => void;
  readonly partial: (segment: Segment) => void;
}

export function createProgressEvents(deps: WorkerDeps, { job, lane }: Work, attempt: number): ProgressEvents {
  const run = {
    jobId: job.jobId,
    resultKey: job.resultKey,
    model: job.model,
    workerId: deps.workerId,
    lane,
    attempt,
  };
  let lastProgressMs = performance.now();
  let progressCount = 0;
  const send = <K extends JobEventKind>(kind: K, data: JobEventData<K>, serial: string): void => {
    publishEvent({ bus: deps.bus, name: deps.workerId }, kind, data, serial).catch((err: unknown) => {
      deps.log.warn({ err, jobId: job.jobId, kind }, 'event not published');
    });
  };
  return {
    started: () => {
      send('started', run, String(attempt));
    },
    progress: (processedSeconds, totalSeconds) => {
      if (performance.now() - lastProgressMs < PROGRESS_EVERY_MS) return;
      lastProgressMs = performance.now();
      send('progress', { ...run, processedSeconds, totalSeconds }, `${attempt}.${progressCount++}`);
    },
    partial: (segment) => {
      const { id: segmentId, startSeconds, endSeconds, text } = segment;
      const data = { ...run, segmentId, startSeconds, endSeconds, ...(deps.eventText && { text }) };
      send('partial', data, `${attempt}.${segmentId}`);
    },
  };
}
