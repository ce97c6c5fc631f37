import type { Bus } from '@whisper/shared/bus/connect';
import { byLane, type Lane } from '@whisper/shared/contracts/identifiers';
import type { Logger } from '@whisper/shared/kit/logger';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import type { Settings } from '@whisper/shared/storage/settings';
import type { WorkerRegistry } from '@whisper/shared/storage/worker-registry';
import { createBacklog, type Backlog } from './backlog/backlog.ts';
import { createSubmissionTaker, type SubmissionTaker } from './backlog/take-submission.ts';
import type { WaitingJob } from './backlog/waiting-job.ts';
import { measureLanes, type LaneLoad } from './lanes/lane-load.ts';
import type { Term } from './leadership/lead-in-turn.ts';
import { createQueuedAnnouncer } from './outlook/announce-queued.ts';
import { createArrivalRates } from './outlook/arrival-rates.ts';
import { createEndCounts, type EndCounts } from './outlook/end-counts.ts';
import { createOutlook, slotsOf, type Outlook } from './outlook/outlook.ts';
import { createServiceTimes, type ServiceTimes } from './outlook/service-times.ts';
import { createAssignedJobs, type AssignedJobs } from './release/assigned-jobs.ts';
import { createNextRelease } from './release/next-release.ts';
import { createOtherWork, type OtherWork } from './release/reconcile.ts';
import { createReleaser, type Releaser } from './release/releaser.ts';
import { reserveOf } from './release/reserve.ts';

export interface LeadDeps {
  readonly bus: Bus;
  readonly log: Logger;
  readonly records: JobRecords;
  readonly settings: Settings;
  readonly workers: WorkerRegistry;
  readonly maxWaitMs: number;
}

/** What a leader knows and what it acts through, for one term. */
export interface LeadingParts {
  readonly assigned: AssignedJobs;
  readonly backlog: Backlog;
  readonly times: ServiceTimes;
  readonly outlook: Outlook;
  readonly others: OtherWork;
  readonly ends: EndCounts;
  readonly releaser: Releaser;
  readonly taker: SubmissionTaker;
}

export function createLeadingParts(deps: LeadDeps, term: Term): LeadingParts {
  const { settings, workers } = deps;
  const assigned = createAssignedJobs();
  const times = createServiceTimes({ workers: workers.workers, classOf: settings.classOf });
  const backlog = createBacklog({ ...settings, ...times, maxWaitMs: deps.maxWaitMs });
  const arrivals = createArrivalRates();
  const reserved = (slots: number): number => reserveOf(slots, arrivals.of('light', performance.now()));
  const common = {
    ...deps,
    ...times,
    backlog,
    assigned,
    term,
    ended: term.ended,
    reserved,
    classOf: settings.classOf,
  };
  const outlook = createOutlook({
    ...common,
    workers: workers.workers,
    classWeights: settings.classWeights,
    arrivals: (modelClass) => arrivals.of(modelClass, performance.now()),
  });
  const announcer = createQueuedAnnouncer({ ...common, outlook });
  const others = createOtherWork();
  const lanes = laneMeter(workers, assigned, times);
  const nextRelease = createNextRelease({ ...common, lanes, others: others.of });
  const { classWeights } = settings;
  const releaser = createReleaser({ ...common, classWeights, nextRelease, announcer });
  const onAdded = ({ job }: WaitingJob): void => {
    arrivals.add(settings.classOf(job.model), times.costOf(job), performance.now());
    releaser.wake();
  };
  const taker = createSubmissionTaker({ ...common, announcer, onAdded });
  return { assigned, backlog, times, outlook, others, ends: createEndCounts(), releaser, taker };
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
