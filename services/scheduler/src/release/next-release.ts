import type { Job } from '@whisper/shared/contracts/job';
import { byLane, type Lane, type ModelClass } from '@whisper/shared/contracts/identifiers';
import type { Backlog } from '../backlog/backlog.ts';
import type { WaitingJob } from '../backlog/waiting-job.ts';
import { chooseLane, spillsOver, type LaneOutlook } from '../lanes/choose-lane.ts';
import { laneOutlook, type LaneLoad } from '../lanes/lane-load.ts';
import type { AssignedJobs } from './assigned-jobs.ts';
import { windowOf } from './window.ts';

export interface Release {
  readonly waiting: WaitingJob;
  readonly lane: Lane;
}
export type NextRelease = (modelClass: ModelClass) => Release | undefined;

export interface NextReleaseDeps {
  readonly backlog: Backlog;
  readonly assigned: AssignedJobs;
  /** Measured anew for each job: each one changes it. */
  readonly lanes: () => Readonly<Record<Lane, LaneLoad>>;
  readonly secondsOf: (job: Job, lane: Lane) => number;
  /** Messages on a lane that are not of our giving, such as replays. */
  readonly others: (lane: Lane, modelClass: ModelClass) => number;
  /** Slots of a lane with so many that are kept for light jobs. */
  readonly reserved: (slots: number) => number;
}

/** The job of a class whose turn it is, once the lane it should run on has room; else the last one, if it spills over. */
export function createNextRelease(deps: NextReleaseDeps): NextRelease {
  return (modelClass) => {
    const first = deps.backlog.of(modelClass).next(performance.now());
    if (!first) return undefined;
    const lanes = deps.lanes();
    const outlook = outlookOf(deps, lanes, first.job, modelClass);
    const lane = chooseLane(modelClass, outlook);
    if (hasRoom(deps, lane, modelClass, lanes[lane].slots)) return { waiting: first, lane };
    return lane === 'gpu' ? spill(deps, lanes, outlook.gpu, modelClass) : undefined;
  };
}

function outlookOf(
  deps: NextReleaseDeps,
  lanes: Readonly<Record<Lane, LaneLoad>>,
  job: Job,
  modelClass: ModelClass,
): Record<Lane, LaneOutlook> {
  return byLane((lane) => laneOutlook(lanes[lane], modelClass, job.model, deps.secondsOf(job, lane)));
}

function hasRoom(deps: NextReleaseDeps, lane: Lane, modelClass: ModelClass, slots: number): boolean {
  const { assigned } = deps;
  if (assigned.waiting(lane, modelClass) + deps.others(lane, modelClass) >= windowOf(slots)) return false;
  const reserved = modelClass === 'light' ? 0 : deps.reserved(slots);
  // Where slots are kept free, nothing may wait for them: whatever waits, an idle slot takes.
  return reserved === 0 || assigned.held(lane, 'medium') + assigned.held(lane, 'heavy') < slots - reserved;
}

function spill(
  deps: NextReleaseDeps,
  lanes: Readonly<Record<Lane, LaneLoad>>,
  gpu: LaneOutlook,
  modelClass: ModelClass,
): Release | undefined {
  const waiting = deps.backlog.of(modelClass);
  const last = waiting.last();
  if (!last || !hasRoom(deps, 'cpu', modelClass, lanes.cpu.slots)) return undefined;
  const { cpu } = outlookOf(deps, lanes, last.job, modelClass);
  const drainSeconds = gpu.waitSeconds + (waiting.size() * gpu.jobSeconds) / Math.max(1, gpu.slots);
  return spillsOver(cpu, drainSeconds) ? { waiting: last, lane: 'cpu' } : undefined;
}
