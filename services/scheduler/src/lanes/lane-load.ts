import type { Job } from '@whisper/shared/contracts/job';
import { LANES, MODEL_CLASSES, type Lane, type ModelClass } from '@whisper/shared/contracts/identifiers';
import type { WorkerPresence } from '@whisper/shared/contracts/worker-presence';
import type { AssignedJob } from '../release/assigned-jobs.ts';
import type { LaneOutlook } from './choose-lane.ts';

/** What a lane has and what lies on it, summed up once for many jobs. */
export interface LaneLoad {
  readonly slots: number;
  readonly running: number;
  readonly runningSeconds: number;
  readonly waiting: Readonly<Record<ModelClass, { readonly jobs: number; readonly seconds: number }>>;
  readonly loadedModels: ReadonlySet<string>;
}

export interface LaneLoadDeps {
  readonly workers: () => readonly WorkerPresence[];
  readonly assigned: () => Iterable<AssignedJob>;
  readonly secondsOf: (job: Job, lane: Lane) => number;
}

/** A job that takes longer than expected is taken to need this much more. */
const OVERDUE_SECONDS = 0.5;

export function measureLanes(deps: LaneLoadDeps, nowMs: number): Readonly<Record<Lane, LaneLoad>> {
  const jobs = [...deps.assigned()];
  const workers = deps.workers();
  const [gpu, cpu] = LANES.map((lane) =>
    measureLane(
      workers.filter((worker) => worker.lane === lane),
      jobs.filter((job) => job.lane === lane),
      (each) => remainingSeconds(each, deps.secondsOf(each.job, lane), nowMs),
    ),
  ) as [LaneLoad, LaneLoad];
  return { gpu, cpu };
}

function measureLane(
  workers: readonly WorkerPresence[],
  jobs: readonly AssignedJob[],
  secondsLeft: (job: AssignedJob) => number,
): LaneLoad {
  const running = jobs.filter(({ startedMs }) => startedMs !== undefined);
  const waitingOf = (modelClass: ModelClass): { jobs: number; seconds: number } => {
    const waiting = jobs.filter((job) => job.startedMs === undefined && job.modelClass === modelClass);
    return { jobs: waiting.length, seconds: sum(waiting.map(secondsLeft)) };
  };
  const [light, medium, heavy] = MODEL_CLASSES.map(waitingOf) as [Waiting, Waiting, Waiting];
  return {
    slots: sum(workers.map(({ slots }) => slots.length)),
    running: running.length,
    runningSeconds: sum(running.map(secondsLeft)),
    waiting: { light, medium, heavy },
    loadedModels: new Set(workers.flatMap(({ loadedModels }) => loadedModels)),
  };
}

type Waiting = LaneLoad['waiting'][ModelClass];

export function remainingSeconds(assigned: AssignedJob, seconds: number, nowMs: number): number {
  if (assigned.startedMs === undefined) return seconds;
  return Math.max(OVERDUE_SECONDS, seconds - (nowMs - assigned.startedMs) / 1000);
}

/** What waits of heavier classes is not in the way: lighter ones are asked for first. */
export function laneOutlook(
  load: LaneLoad,
  modelClass: ModelClass,
  model: string,
  jobSeconds: number,
): LaneOutlook {
  const ahead = MODEL_CLASSES.slice(0, MODEL_CLASSES.indexOf(modelClass) + 1).map(
    (each) => load.waiting[each],
  );
  const free = load.slots - load.running;
  const isFree = sum(ahead.map(({ jobs }) => jobs)) < free;
  const seconds = load.runningSeconds + sum(ahead.map((each) => each.seconds));
  return {
    slots: load.slots,
    waitSeconds: isFree ? 0 : seconds / Math.max(1, load.slots),
    jobSeconds,
    isLoaded: load.loadedModels.has(model),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);
