import { byClass, byLane, type Lane, type ModelClass } from '@whisper/shared/contracts/identifiers';
import type { Job } from '@whisper/shared/contracts/job';
import type { Place } from '@whisper/shared/contracts/scheduler-questions';
import type { ClassWeights } from '@whisper/shared/contracts/settings';
import type { WorkerPresence } from '@whisper/shared/contracts/worker-presence';
import type { Backlog } from '../backlog/backlog.ts';
import type { WaitingJob } from '../backlog/waiting-job.ts';
import { remainingSeconds } from '../lanes/lane-load.ts';
import type { AssignedJob, AssignedJobs } from '../release/assigned-jobs.ts';
import type { Arrivals } from './arrival-rates.ts';
import { forecast, type ForecastInput, type ForecastLane, type TimedJob } from './forecast.ts';
import type { Forecast } from './forecast-record.ts';

/** A forecast is made anew only after this many times what the last one took: it never costs more than 2 % of a core. */
const REST_FACTOR = 50;

export interface OutlookDeps {
  readonly backlog: Backlog;
  readonly assigned: AssignedJobs;
  readonly workers: () => readonly WorkerPresence[];
  readonly secondsOf: (job: Job, lane: Lane) => number;
  readonly classWeights: () => ClassWeights;
  readonly arrivals: (modelClass: ModelClass) => Arrivals | undefined;
  /** Slots of a lane with so many that are kept for light jobs. */
  readonly reserved: (slots: number) => number;
}

/** Who is where in the queue, and when it will be done. */
export interface Outlook {
  readonly now: () => Forecast;
  readonly placeOf: (jobId: string) => Place | undefined;
  /** The place of a job that has just come; while the forecast rests, the last of its class. */
  readonly placeOfNew: (waiting: WaitingJob, modelClass: ModelClass) => Place;
}

interface Made {
  readonly forecast: Forecast;
  readonly atMs: number;
  readonly tookMs: number;
}

export function createOutlook(deps: OutlookDeps): Outlook {
  let made: Made | undefined;
  const latest = (): Made => {
    const startMs = performance.now();
    if (!made || startMs - made.atMs > made.tookMs * REST_FACTOR) {
      const result = forecast(inputOf(deps, startMs));
      made = { forecast: result, atMs: startMs, tookMs: performance.now() - startMs };
    }
    return made;
  };
  const placeOf = (jobId: string): Place | undefined => {
    const { forecast: result, atMs } = latest();
    const place = result.places.get(jobId);
    return place && later(place, (performance.now() - atMs) / 1000);
  };
  return {
    now: () => latest().forecast,
    placeOf,
    placeOfNew: ({ job }, modelClass) =>
      placeOf(job.jobId) ?? lastPlace(deps, latest().forecast, job, modelClass),
  };
}

function inputOf(deps: OutlookDeps, nowMs: number): ForecastInput {
  const { backlog, secondsOf } = deps;
  const assigned = [...deps.assigned.all()];
  const toTimed = (each: AssignedJob): TimedJob => ({
    jobId: each.job.jobId,
    modelClass: each.modelClass,
    seconds: remainingSeconds(each, secondsOf(each.job, each.lane), nowMs),
  });
  const laneOf = (lane: Lane): ForecastLane => {
    const mine = assigned.filter((each) => each.lane === lane);
    const waiting = mine.filter(({ startedMs }) => startedMs === undefined);
    const slots = slotsOf(deps.workers(), lane);
    return {
      slots,
      reserved: deps.reserved(slots),
      running: mine.filter(({ startedMs }) => startedMs !== undefined).map(toTimed),
      waiting: byClass((modelClass) => waiting.filter((each) => each.modelClass === modelClass).map(toTimed)),
    };
  };
  return {
    lanes: byLane(laneOf),
    backlog: byClass((modelClass) =>
      [...backlog.of(modelClass).inOrder(nowMs)].map(({ job }) => ({
        jobId: job.jobId,
        secondsOn: byLane((lane) => secondsOf(job, lane)),
      })),
    ),
    weights: deps.classWeights(),
    arrivals: byClass(deps.arrivals),
  };
}

export function slotsOf(workers: readonly WorkerPresence[], lane: Lane): number {
  return workers.reduce((sum, worker) => (worker.lane === lane ? sum + worker.slots.length : sum), 0);
}

function lastPlace(deps: OutlookDeps, latest: Forecast, job: Job, modelClass: ModelClass): Place {
  const slots = byLane((each) => slotsOf(deps.workers(), each));
  const isServed = slots.gpu + slots.cpu > 0;
  const drainSeconds = latest.classes[modelClass].drainSeconds ?? (isServed ? 0 : undefined);
  const assigned = [...deps.assigned.all()].filter(
    (each) => each.modelClass === modelClass && each.startedMs === undefined,
  );
  const lane = slots.gpu > 0 ? 'gpu' : 'cpu';
  return {
    phase: 'backlog',
    modelClass,
    lane,
    position: Math.max(1, deps.backlog.of(modelClass).size() + assigned.length),
    ...(drainSeconds !== undefined && {
      startsInSeconds: drainSeconds,
      etaSeconds: drainSeconds + deps.secondsOf(job, lane),
    }),
  };
}

function later(place: Place, seconds: number): Place {
  const { startsInSeconds, etaSeconds } = place;
  return {
    ...place,
    ...(startsInSeconds !== undefined && { startsInSeconds: Math.max(0, startsInSeconds - seconds) }),
    ...(etaSeconds !== undefined && { etaSeconds: Math.max(0, etaSeconds - seconds) }),
  };
}
