import type { JsMsg } from '@nats-io/jetstream';
import { toPipelineError } from '@whisper/shared/contracts/errors';
import type { Job } from '@whisper/shared/contracts/job';
import { jobSubmitted } from '@whisper/shared/contracts/job-submitted';
import type { Logger } from '@whisper/shared/kit/logger';
import { pause } from '@whisper/shared/kit/pause';
import type { QueuedAnnouncer } from '../outlook/announce-queued.ts';
import type { AssignedJobs } from '../release/assigned-jobs.ts';
import type { Backlog } from './backlog.ts';
import type { WaitingJob } from './waiting-job.ts';
import { buryUnreadable, type BuryUnreadable } from './bury-unreadable.ts';
import { removeSubmission } from './remove-submission.ts';

const RETRY_MS = 1_000;
/** A message older than this has a wrong date. */
const OLDEST_MS = 7 * 24 * 3_600_000;

export interface TakeSubmission extends BuryUnreadable {
  readonly log: Logger;
  readonly backlog: Backlog;
  readonly assigned: AssignedJobs;
  readonly announcer: QueuedAnnouncer;
  readonly onAdded: (waiting: WaitingJob) => void;
}

/** What becomes of each message of the intake. */
export interface SubmissionTaker {
  readonly take: (message: JsMsg) => void;
  /** From now on messages are new: before, they may have been given to a lane by another scheduler. */
  readonly caughtUp: () => void;
  readonly idle: () => Promise<void>;
}

export function createSubmissionTaker(deps: TakeSubmission): SubmissionTaker {
  const underWay = new Set<Promise<void>>();
  let isCaughtUp = false;
  const inBackground = (work: () => Promise<void>): void => {
    const tracked = untilDone(deps, work).finally(() => underWay.delete(tracked));
    underWay.add(tracked);
  };
  const add = (job: Job, message: JsMsg): void => {
    const arrivedMs = performance.now() - (isCaughtUp ? 0 : ageMs(message));
    const waiting = { job, sequence: message.seq, arrivedMs };
    const isGiven = !isCaughtUp && deps.assigned.get(job.jobId) !== undefined;
    if (isGiven || !deps.backlog.add(waiting)) {
      if (deps.backlog.get(job.jobId)?.sequence !== message.seq) {
        inBackground(() => removeSubmission(deps.bus, message.seq, deps.ended));
      }
      return;
    }
    if (isCaughtUp) deps.announcer.announce(waiting);
    deps.onAdded(waiting);
  };
  return {
    take: (message) => {
      try {
        add(jobSubmitted.decode(message.data), message);
      } catch (thrown) {
        const error = toPipelineError(thrown);
        deps.log.warn({ err: error, sequence: message.seq }, 'submission does not parse: moved to DEAD');
        inBackground(() => buryUnreadable(deps, message, error));
      }
    },
    caughtUp: () => {
      isCaughtUp = true;
    },
    idle: async () => {
      await Promise.all(underWay);
    },
  };
}

async function untilDone({ log, ended }: TakeSubmission, work: () => Promise<void>): Promise<void> {
  do {
    try {
      await work();
      return;
    } catch (err) {
      log.warn({ err }, 'intake not tidied up: trying again');
    }
  } while (await pause(RETRY_MS, ended));
}

/** Two clocks are compared here, so this may be wrong: it shapes ageing and what is shown, nothing else. */
function ageMs({ timestamp }: JsMsg): number {
  const ms = Date.now() - Date.parse(timestamp);
  return Number.isFinite(ms) ? Math.min(OLDEST_MS, Math.max(0, ms)) : 0;
}
