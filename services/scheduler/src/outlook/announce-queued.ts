import type { Bus } from '@whisper/shared/bus/connect';
import { publishEvent } from '@whisper/shared/bus/publish-event';
import type { ModelClass } from '@whisper/shared/contracts/identifiers';
import type { Logger } from '@whisper/shared/kit/logger';
import type { WaitingJob } from '../backlog/waiting-job.ts';
import type { Outlook } from './outlook.ts';

export interface AnnounceQueued {
  readonly bus: Bus;
  readonly log: Logger;
  readonly outlook: Outlook;
  readonly classOf: (model: string) => ModelClass;
}

/** Tells subscribers, once, that a job is queued, and where; the stream refuses a second such event. */
export interface QueuedAnnouncer {
  readonly announce: (waiting: WaitingJob) => void;
  /** Resolves once it is told; tells it where that has not been done, as for jobs from before this leader. */
  readonly told: (waiting: WaitingJob) => Promise<void>;
}

export function createQueuedAnnouncer(deps: AnnounceQueued): QueuedAnnouncer {
  const telling = new Map<string, Promise<void>>();
  const announce = (waiting: WaitingJob): Promise<void> => {
    const { jobId } = waiting.job;
    const told = tell(deps, waiting).catch((err: unknown) => {
      deps.log.warn({ err, jobId }, 'queued event not published');
    });
    telling.set(jobId, told);
    return told;
  };
  return {
    announce: (waiting) => void announce(waiting),
    told: async (waiting) => {
      await (telling.get(waiting.job.jobId) ?? announce(waiting));
      telling.delete(waiting.job.jobId);
    },
  };
}

async function tell({ bus, outlook, classOf }: AnnounceQueued, waiting: WaitingJob): Promise<void> {
  const { jobId, resultKey, model } = waiting.job;
  const modelClass = classOf(model);
  const { lane = 'cpu', position, etaSeconds } = outlook.placeOfNew(waiting, modelClass);
  await publishEvent({ bus, name: 'scheduler' }, 'queued', {
    ...{ jobId, resultKey, model, lane, modelClass },
    position: Math.max(1, position),
    ...(etaSeconds !== undefined && { etaSeconds: Math.round(etaSeconds * 10) / 10 }),
  });
}
