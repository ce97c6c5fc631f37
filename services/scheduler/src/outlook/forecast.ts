import {
  byClass,
  byLane,
  LANES,
  MODEL_CLASSES,
  type Lane,
  type ModelClass,
} from '@whisper/shared/contracts/identifiers';
import type { ClassWeights } from '@whisper/shared/contracts/settings';
import { createWeightedOrder } from '@whisper/shared/kit/weighted-order';
import type { Arrivals } from './arrival-rates.ts';
import { createForecastRecord, type Forecast } from './forecast-record.ts';
import { createSlotHeap, type FreeSlot } from './slot-heap.ts';

/** A job as the forecast sees it: how long it will hold a slot, from now or from its start. */
export interface TimedJob {
  readonly jobId: string;
  readonly modelClass: ModelClass;
  readonly seconds: number;
}

export interface ForecastLane {
  readonly slots: number;
  /** Of them, kept for light jobs. */
  readonly reserved: number;
  readonly running: readonly TimedJob[];
  /** In the order they were given to the lane. */
  readonly waiting: Readonly<Record<ModelClass, readonly TimedJob[]>>;
}

export interface BacklogJob {
  readonly jobId: string;
  readonly secondsOn: Readonly<Record<Lane, number>>;
}

export interface ForecastInput {
  readonly lanes: Readonly<Record<Lane, ForecastLane>>;
  /** In the order of their turns. */
  readonly backlog: Readonly<Record<ModelClass, readonly BacklogJob[]>>;
  readonly weights: ClassWeights;
  /** What is likely to come of each class while those that are here wait. */
  readonly arrivals: Readonly<Record<ModelClass, Arrivals | undefined>>;
}

/**
 * Plays the queue forward: each slot, when it is free, asks the classes in their weighted order, first for what
 * waits on its lane, then for what is in the backlog, as workers and scheduler will. Jobs go on coming as they came of
 * late: behind those of their own class, but in time for those of others. Nothing fails.
 */
export function forecast(input: ForecastInput): Forecast {
  const record = createForecastRecord();
  const slots = createSlotHeap();
  for (const lane of LANES) {
    const { running, slots: all } = input.lanes[lane];
    for (const job of running) {
      record.runs(job, lane);
      slots.add({ lane, atSeconds: job.seconds, held: job.modelClass });
    }
    for (let n = running.length; n < all; n++) slots.add({ lane, atSeconds: 0 });
  }
  const take = createTaker(input);
  for (let slot = slots.take(); slot; slot = slots.take()) {
    const job = take(slot);
    if (!job) continue; // nothing is left for it
    if (job.jobId !== '') record.starts(job, slot.lane, slot.atSeconds);
    slots.add({ lane: slot.lane, atSeconds: slot.atSeconds + job.seconds, held: job.modelClass });
  }
  return record.end(input);
}

type Take = (slot: FreeSlot) => TimedJob | undefined;

function createTaker({ lanes, backlog, weights, arrivals }: ForecastInput): Take {
  const orders = byLane(() => createWeightedOrder(() => weights));
  const given = byLane(() => byClass(() => 0));
  const rest = createRest(backlog, lanes);
  const newcomers = createNewcomers(arrivals);
  const heavier = byLane((lane) => lanes[lane].running.filter(isHeavier).length);
  const isOpen = (lane: Lane, modelClass: ModelClass): boolean =>
    modelClass === 'light' || heavier[lane] < lanes[lane].slots - lanes[lane].reserved;
  const fromBacklog = (lane: Lane, modelClass: ModelClass, atSeconds: number): TimedJob | undefined => {
    if (!isOpen(lane, modelClass)) return undefined;
    return rest.isEmpty()
      ? undefined
      : (rest.takeFor(lane, modelClass) ?? newcomers.take(modelClass, atSeconds));
  };
  return ({ lane, held, atSeconds }) => {
    if (held && held !== 'light') heavier[lane]--;
    for (const modelClass of orders[lane].next()) {
      const waiting = lanes[lane].waiting[modelClass][given[lane][modelClass]];
      if (waiting) given[lane][modelClass]++;
      const job = waiting ?? fromBacklog(lane, modelClass, atSeconds);
      if (!job) continue;
      if (isHeavier(job)) heavier[lane]++;
      orders[lane].picked();
      return job;
    }
    return undefined;
  };
}

const isHeavier = ({ modelClass }: TimedJob): boolean => modelClass !== 'light';

/** The backlog as it shrinks: the GPU takes from its head, a CPU beside it from its tail, where that pays. */
function createRest(
  backlog: ForecastInput['backlog'],
  lanes: ForecastInput['lanes'],
): {
  isEmpty: () => boolean;
  takeFor: (lane: Lane, modelClass: ModelClass) => TimedJob | undefined;
} {
  const heads = byClass(() => 0);
  const tails = byClass((each) => backlog[each].length);
  const gpuSeconds = byClass((each) => backlog[each].reduce((sum, job) => sum + job.secondsOn.gpu, 0));
  const both = lanes.gpu.slots > 0 && lanes.cpu.slots > 0;
  return {
    isEmpty: () => MODEL_CLASSES.every((each) => heads[each] >= tails[each]),
    takeFor: (lane, modelClass) => {
      if (heads[modelClass] >= tails[modelClass]) return undefined;
      const fromTail = both && lane === 'cpu';
      const job = backlog[modelClass][fromTail ? tails[modelClass] - 1 : heads[modelClass]];
      if (!job) return undefined;
      if (fromTail && gpuSeconds[modelClass] / lanes.gpu.slots <= job.secondsOn.cpu) return undefined;
      if (fromTail) tails[modelClass]--;
      else heads[modelClass]++;
      gpuSeconds[modelClass] -= job.secondsOn.gpu;
      return { jobId: job.jobId, modelClass, seconds: job.secondsOn[lane] };
    },
  };
}

/** A forecast that looks far ahead while many short jobs come must end, and soon: it holds up the leader. */
const MOST_NEWCOMERS = 20_000;

/** Jobs that are not here yet; they have no name. After so many of them no more are thought of. */
function createNewcomers(arrivals: ForecastInput['arrivals']): {
  take: (modelClass: ModelClass, atSeconds: number) => TimedJob | undefined;
} {
  const taken = byClass(() => 0);
  let all = 0;
  return {
    take: (modelClass, atSeconds) => {
      const { perSecond = 0, meanSeconds = 0 } = arrivals[modelClass] ?? {};
      if (all >= MOST_NEWCOMERS || taken[modelClass] >= Math.floor(perSecond * atSeconds)) return undefined;
      taken[modelClass]++;
      all++;
      return { jobId: '', modelClass, seconds: meanSeconds };
    },
  };
}
