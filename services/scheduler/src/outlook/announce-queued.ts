import type { Bus } from '@whisper/shared/bus/connect';
import { publishEvent } from '@whisper/shared/bus/publish-event';
import type { ModelClass } from '@whisper/shared/contracts/identifiers';
import type { Logger } from '@whisper/shared/kit/logger';
import type { WaitingJob } from '../backlog/waiting-job.ts';
import type { Term } from '../leadership/lead-in-turn.ts';
import type { Outlook } from './outlook.ts';

/** Told at once in a burst of submissions: more would time out behind each other, and hold up what is given out. */
const MOST_AT_ONCE = 32;

export interface AnnounceQueued {
  readonly bus: Bus;
  readonly term: Pick<Term, 'isHeld'>;
  readonly log: Logger;
  readonly outlook: Outlook;
  readonly classOf: (model: string) => ModelClass;
}

/** Tells subscribers, once, that a job is queued, and where; the stream refuses a second such event. */
export interface QueuedAnnouncer {
  /** Soon: those that came before are told first. */
  readonly announce: (waiting: WaitingJob) => void;
  /** Now: resolves once it is told, also for jobs from before this leader. */
  readonly told: (waiting: WaitingJob) => Promise<void>;
  /** Ended or withdrawn: needs no more telling. */
  readonly forget: (jobId: string) => void;
}

export function createQueuedAnnouncer(deps: AnnounceQueued): QueuedAnnouncer {
  const due = new Map<string, WaitingJob>();
  const telling = new Map<string, Promise<void>>();
  let underWay = 0;
  const start = (waiting: WaitingJob): Promise<void> => {
    const { jobId } = waiting.job;
    due.delete(jobId);
    underWay++;
    const told = tell(deps, waiting)
      .catch((err: unknown) => {
        deps.log.warn({ err, jobId }, 'queued event not published');
      })
      .finally(() => {
        underWay--;
        startDue();
      });
    telling.set(jobId, told);
    return told;
  };
  const startDue = (): void => {
    for (const waiting of due.values()) {
      if (underWay >= MOST_AT_ONCE) return;
      void start(waiting);
    }
  };
  return {
    announce: (waiting) => {
      due.set(waiting.job.jobId, waiting);
      startDue();
    },
    told: async (waiting) => {
      await (telling.get(waiting.job.jobId) ?? start(waiting));
      telling.delete(waiting.job.jobId);
    },
    forget: (jobId) => {
      due.delete(jobId);
      telling.delete(jobId);
    },
  };
}

/** By the one that leads: one that was halted for a while knows jobs that may be erased by now. */
async function tell({ bus, outlook, classOf, term }: AnnounceQueued, waiting: WaitingJob): Promise<void> {
  if (!term.isHeld()) return;
  const { jobId, resultKey, model } = waiting.job;
  const modelClass = classOf(model);
  const { lane = 'cpu', position, etaSeconds } = outlook.placeOfNew(waiting, modelClass);
  await publishEvent({ bus, name: 'scheduler' }, 'queued', {
    ...{ jobId, resultKey, model, lane, modelClass },
    position: Math.max(1, position),
    ...(etaSeconds !== undefined && { etaSeconds: Math.round(etaSeconds * 10) / 10 }),
  });
}
