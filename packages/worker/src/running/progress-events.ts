import { publishDurably } from '@whisper/shared/bus/publish';
import { publishEvent } from '@whisper/shared/bus/publish-event';
import type { JobEventData, JobEventKind } from '@whisper/shared/contracts/job-event';
import { segmentText, type SegmentText } from '@whisper/shared/contracts/segment-text';
import type { Segment } from '@whisper/shared/contracts/transcript';
import type { Work } from '@whisper/shared/contracts/work-assigned';
import { createStillWanted } from './still-wanted.ts';
import type { WorkerDeps } from './worker-deps.ts';

const PROGRESS_EVERY_MS = 2_000;

/** Tells subscribers how a running job gets on; a lost one harms nobody, so the job does not wait for them. */
export interface ProgressEvents {
  readonly started: () => void;
  readonly progress: (processedSeconds: number, totalSeconds: number) => void;
  readonly partial: (segment: Segment) => void;
  /** Everything is told or given up: what comes next comes after it. */
  readonly settled: () => Promise<void>;
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
  const { publish, publishText } = createTeller(deps, job.jobId);
  const underWay = new Set<Promise<void>>();
  const track = (kind: JobEventKind, publishing: Promise<unknown>): void => {
    const told = publishing
      .then(
        () => undefined,
        (err: unknown) => {
          deps.log.warn({ err, jobId: job.jobId, kind }, 'event not published');
        },
      )
      .finally(() => underWay.delete(told));
    underWay.add(told);
  };
  return {
    started: () => {
      track('started', publish('started', run, String(attempt)));
    },
    progress: (processedSeconds, totalSeconds) => {
      if (performance.now() - lastProgressMs < PROGRESS_EVERY_MS) return;
      lastProgressMs = performance.now();
      const data = { ...run, processedSeconds, totalSeconds };
      track('progress', publish('progress', data, `${attempt}.${progressCount++}`));
    },
    partial: (segment) => {
      const { id: segmentId, startSeconds, endSeconds, text } = segment;
      const data = { ...run, segmentId, startSeconds, endSeconds, ...(deps.eventText && { text }) };
      const textTold = publishText({ jobId: job.jobId, attempt, segmentId, text });
      track(
        'partial',
        textTold.finally(() => publish('partial', data, `${attempt}.${segmentId}`)),
      );
    },
    settled: async () => {
      await Promise.all(underWay);
    },
  };
}

interface Teller {
  readonly publish: <K extends JobEventKind>(kind: K, data: JobEventData<K>, serial: string) => Promise<void>;
  /** Before the event, so that who gets the event finds the text. */
  readonly publishText: (segment: Omit<SegmentText, 'version'>) => Promise<void>;
}

/** Says nothing of a job that was erased. */
function createTeller({ bus, records, workerId }: WorkerDeps, jobId: string): Teller {
  const isWanted = createStillWanted(records, jobId);
  return {
    publish: async (kind, data, serial) => {
      if (await isWanted()) await publishEvent({ bus, name: workerId }, kind, data, serial);
    },
    publishText: async (segment) => {
      if (!(await isWanted())) return;
      const subject = segmentText.subject(segment);
      const payload = segmentText.encode({ version: 1, ...segment });
      await publishDurably(bus, subject, payload, { messageId: subject });
    },
  };
}
