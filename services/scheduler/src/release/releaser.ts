import type { Bus } from '@whisper/shared/bus/connect';
import type { Job } from '@whisper/shared/contracts/job';
import type { ModelClass } from '@whisper/shared/contracts/identifiers';
import type { ClassWeights } from '@whisper/shared/contracts/settings';
import { createWeightedOrder } from '@whisper/shared/kit/weighted-order';
import type { Logger } from '@whisper/shared/kit/logger';
import type { Backlog } from '../backlog/backlog.ts';
import { removeMessage, removeSubmission } from '../backlog/remove-submission.ts';
import type { WaitingJob } from '../backlog/waiting-job.ts';
import type { Term } from '../leadership/lead-in-turn.ts';
import type { QueuedAnnouncer } from '../outlook/announce-queued.ts';
import type { NextRelease, Release } from './next-release.ts';
import type { AssignedJobs } from './assigned-jobs.ts';
import { publishWork } from './publish-work.ts';
import { workStream } from '@whisper/shared/contracts/topology';

/** Releases under way at once: their acknowledgements overlap. */
const MOST_AT_ONCE = 256;
const AFTER_TROUBLE_MS = 500;

export interface ReleaserDeps {
  readonly bus: Bus;
  readonly log: Logger;
  readonly term: Term;
  readonly backlog: Backlog;
  readonly assigned: AssignedJobs;
  /** What should be released next of a class, if anything. */
  readonly nextRelease: NextRelease;
  readonly costOf: (job: Job) => number;
  readonly classWeights: () => ClassWeights;
  readonly announcer: QueuedAnnouncer;
}

/** Takes jobs out of the backlog as the lanes have room for them. */
export interface Releaser {
  /** Looks soon whether there is room; calls close together are one look. */
  readonly wake: () => void;
  /** A cancelled job leaves the backlog, or its lane while it waits there. */
  readonly withdraw: (jobId: string) => void;
  /** Resolves when nothing is under way. */
  readonly idle: () => Promise<void>;
}

export function createReleaser(deps: ReleaserDeps): Releaser {
  const { backlog, assigned, log, term } = deps;
  const underWay = new Set<Promise<void>>();
  // Where slots are kept for light jobs the others share what is left, by their weights.
  const heavier = createWeightedOrder(() => ({ ...deps.classWeights(), light: 0 }));
  let isAwake = false;
  let quietUntilMs = 0;
  const wake = (): void => {
    if (isAwake) return;
    isAwake = true;
    setImmediate(() => {
      isAwake = false;
      fill();
    });
  };
  const fill = (): void => {
    if (!term.isHeld() || performance.now() < quietUntilMs) return;
    while (underWay.size < MOST_AT_ONCE && startNext(['light']));
    while (underWay.size < MOST_AT_ONCE && startNext(heavier.next())) heavier.picked();
  };
  const startNext = (classes: readonly ModelClass[]): boolean => {
    for (const modelClass of classes) {
      const release = deps.nextRelease(modelClass);
      if (!release) continue;
      start(release, modelClass);
      return true;
    }
    return false;
  };
  const track = (work: Promise<void>): void => {
    const tracked = work.finally(() => {
      underWay.delete(tracked);
      if (underWay.size === MOST_AT_ONCE - 1) wake();
    });
    underWay.add(tracked);
  };
  const start = ({ waiting, lane }: Release, modelClass: ModelClass): void => {
    const { job } = waiting;
    backlog.take(waiting);
    const chargedSeconds = deps.costOf(job);
    assigned.put({ job, lane, modelClass, chargedSeconds, assignedMs: performance.now() });
    track(
      releaseJob(deps, waiting).catch((err: unknown) => {
        log.warn({ err, jobId: waiting.job.jobId }, 'job not released: it waits on');
        quietUntilMs = performance.now() + AFTER_TROUBLE_MS;
      }),
    );
  };
  return {
    wake,
    withdraw: (jobId) => {
      track(
        withdrawJob(deps, jobId).catch((err: unknown) => {
          log.warn({ err, jobId }, 'cancelled job not withdrawn: a worker will find it ended');
        }),
      );
    },
    idle: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

/**
 * Publishes first, deletes then: a crash in between repeats the publish under the same message id, and once that is
 * forgotten a worker finds by the job's record that it has ended.
 */
async function releaseJob(deps: ReleaserDeps, waiting: WaitingJob): Promise<void> {
  const { bus, backlog, assigned, log, term } = deps;
  const { job, sequence } = waiting;
  const place = assigned.get(job.jobId);
  if (!place) return; // cancelled in the same moment
  const address = { lane: place.lane, modelClass: place.modelClass };
  const announced = deps.announcer.told(waiting);
  try {
    const messageId = `${job.jobId}.work.${sequence}`;
    const streamSequence = await publishWork(bus, { job, address, messageId, mayPublish: term.isHeld });
    const now = assigned.get(job.jobId);
    if (now) assigned.put({ ...now, streamSequence });
  } catch (error) {
    assigned.remove(job.jobId);
    backlog.add(waiting);
    throw error;
  }
  await announced;
  await removeSubmission(bus, sequence, term.ended);
  log.info({ jobId: job.jobId, model: job.model, lane: address.lane }, 'job assigned');
}

async function withdrawJob(
  { announcer, bus, backlog, assigned, term }: ReleaserDeps,
  jobId: string,
): Promise<void> {
  announcer.forget(jobId);
  const waiting = backlog.remove(jobId);
  if (waiting) {
    await removeSubmission(bus, waiting.sequence, term.ended);
    return;
  }
  const found = assigned.remove(jobId);
  if (found?.streamSequence === undefined || found.startedMs !== undefined) return;
  await removeMessage(bus, workStream(found.lane), found.streamSequence, term.ended);
}
