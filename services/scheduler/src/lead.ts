import type { Bus } from '@whisper/shared/bus/connect';
import { byLane, type Lane } from '@whisper/shared/contracts/identifiers';
import { MODEL_PRIORITY_KEY } from '@whisper/shared/contracts/model-priority';
import type { Logger } from '@whisper/shared/kit/logger';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import type { Settings } from '@whisper/shared/storage/settings';
import type { WorkerRegistry } from '@whisper/shared/storage/worker-registry';
import { createBacklog } from './backlog/backlog.ts';
import { followIntake } from './backlog/follow-intake.ts';
import { createSubmissionTaker } from './backlog/take-submission.ts';
import { measureLanes, type LaneLoad } from './lanes/lane-load.ts';
import { moveStranded } from './lanes/move-stranded.ts';
import type { Term } from './leadership/lead-in-turn.ts';
import { createQueuedAnnouncer } from './outlook/announce-queued.ts';
import { answerQuestions } from './outlook/answer-questions.ts';
import { describeBoard } from './outlook/describe-board.ts';
import { createEndCounts } from './outlook/end-counts.ts';
import { createOutlook, slotsOf } from './outlook/outlook.ts';
import { createServiceTimes, type ServiceTimes } from './outlook/service-times.ts';
import { createAssignedJobs, type AssignedJobs } from './release/assigned-jobs.ts';
import { findAssigned } from './release/find-assigned.ts';
import { followProgress } from './release/follow-progress.ts';
import { repairNowAndThen } from './repair/repair.ts';
import { createNextRelease } from './release/next-release.ts';
import { createOtherWork, reconcile } from './release/reconcile.ts';
import { createReleaser } from './release/releaser.ts';

/** How often lost jobs are looked for, and how long a job must look lost. */
const REPAIR = { intervalMs: 15_000, graceMs: 30_000 };

export interface LeadDeps {
  readonly bus: Bus;
  readonly log: Logger;
  readonly records: JobRecords;
  readonly settings: Settings;
  readonly workers: WorkerRegistry;
  readonly maxWaitMs: number;
}

/**
 * What the one scheduler does that leads: mirrors the backlog, gives jobs to the lanes as they have room, and knows
 * who is where. Whatever it knows is found anew by the next one, in the streams.
 */
export async function lead(deps: LeadDeps, term: Term): Promise<void> {
  const { bus, log, records, settings, workers } = deps;
  const assigned = createAssignedJobs();
  const times = createServiceTimes({ workers: workers.workers, classOf: settings.classOf });
  const backlog = createBacklog({ ...settings, ...times, maxWaitMs: deps.maxWaitMs });
  const parts = { bus, log, records, backlog, assigned, term, ended: term.ended, classOf: settings.classOf };
  const outlook = createOutlook({
    ...parts,
    ...times,
    workers: workers.workers,
    classWeights: settings.classWeights,
  });
  const announcer = createQueuedAnnouncer({ ...parts, outlook });
  const others = createOtherWork();
  const ends = createEndCounts();
  const lanes = laneMeter(workers, assigned, times);
  const nextRelease = createNextRelease({ ...parts, ...times, lanes, others: others.of });
  const releaser = createReleaser({ ...parts, nextRelease, announced: announcer.told });
  const taker = createSubmissionTaker({ ...parts, announcer, onAdded: releaser.wake });

  await using _progress = followProgress(bus, {
    onStarted: (jobId) => {
      assigned.started(jobId, performance.now());
      releaser.wake();
    },
    onEnded: (jobId, how) => {
      const ended = how === 'cancelled' ? undefined : assigned.remove(jobId);
      if (how === 'cancelled') releaser.withdraw(jobId);
      if (ended) ends.add(ended.lane, ended.modelClass);
      if (how === 'completed' && ended) times.measured(ended, performance.now());
      releaser.wake();
    },
  });
  for (const found of await findAssigned(bus, records)) assigned.put(found);
  const intake = followIntake({ ...parts, onMessage: taker.take });
  await intake.caughtUp;
  log.info({ backlog: backlog.size(), assigned: assigned.size() }, 'backlog read');
  const leadingSinceMs = performance.now();
  const board = { ...parts, schedulerId: term.schedulerId, leadingSinceMs, outlook, times, ends, settings };
  await using _answers = answerQuestions({
    ...parts,
    placeOf: outlook.placeOf,
    board: () => describeBoard({ ...board, workers: workers.workers }),
  });
  using _changes = settings.onChange((key) => {
    if (key === MODEL_PRIORITY_KEY) backlog.sortAnew();
    releaser.wake();
  });
  taker.caughtUp();
  releaser.wake();
  await Promise.all([
    intake.done,
    reconcile({ ...parts, intake, others, onChange: releaser.wake }),
    moveStranded({ ...parts, workers }),
    repairNowAndThen({ ...parts, isWaiting: (jobId) => backlog.get(jobId) !== undefined, ...REPAIR }),
  ]);
  await Promise.all([releaser.idle(), taker.idle()]);
}

/** With one lane alive there is nothing to weigh, so nothing is summed up. */
function laneMeter(
  { workers }: WorkerRegistry,
  assigned: AssignedJobs,
  { secondsOf }: ServiceTimes,
): () => Readonly<Record<Lane, LaneLoad>> {
  return () => {
    const slots = byLane((lane) => slotsOf(workers(), lane));
    const areBothAlive = slots.gpu > 0 && slots.cpu > 0;
    return measureLanes(
      { workers, assigned: areBothAlive ? assigned.all : () => [], secondsOf },
      performance.now(),
    );
  };
}
