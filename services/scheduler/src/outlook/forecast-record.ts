import {
  byClass,
  LANES,
  MODEL_CLASSES,
  type Lane,
  type ModelClass,
} from '@whisper/shared/contracts/identifiers';
import type { Place } from '@whisper/shared/contracts/scheduler-questions';
import type { ForecastInput, TimedJob } from './forecast.ts';

export interface ClassForecast {
  /** Until the last job that waits now has started. */
  readonly drainSeconds?: number;
  /** Mean time between two ends. */
  readonly secondsPerJob?: number;
  readonly nextEndSeconds?: number;
}

export interface Forecast {
  readonly places: ReadonlyMap<string, Place>;
  readonly classes: Readonly<Record<ModelClass, ClassForecast>>;
}

interface Tally {
  jobs: number;
  lastStart: number;
  firstEnd: number;
  lastEnd: number;
}

/** Writes down what a forecast finds: a place for each job, sums for each class. */
export interface ForecastRecord {
  readonly runs: (job: TimedJob, lane: Lane) => void;
  readonly starts: (job: TimedJob, lane: Lane, atSeconds: number) => void;
  /** What has no slot to run in keeps its place in the order, without a time. */
  readonly end: (input: ForecastInput) => Forecast;
}

export function createForecastRecord(): ForecastRecord {
  const places = new Map<string, Place>();
  const positions = byClass(() => 0);
  const tallies = byClass((): Tally => ({ jobs: 0, lastStart: 0, firstEnd: Infinity, lastEnd: 0 }));
  const count = (modelClass: ModelClass, start: number, end: number): void => {
    const tally = tallies[modelClass];
    tally.jobs++;
    tally.lastStart = Math.max(tally.lastStart, start);
    tally.firstEnd = Math.min(tally.firstEnd, end);
    tally.lastEnd = Math.max(tally.lastEnd, end);
  };
  const put = (jobId: string, place: Place): void => void places.set(jobId, place);
  return {
    runs: ({ jobId, modelClass, seconds }, lane) => {
      count(modelClass, 0, seconds);
      put(jobId, {
        phase: 'running',
        modelClass,
        lane,
        position: 0,
        startsInSeconds: 0,
        etaSeconds: seconds,
      });
    },
    starts: ({ jobId, modelClass, seconds }, lane, atSeconds) => {
      count(modelClass, atSeconds, atSeconds + seconds);
      const position = ++positions[modelClass];
      put(jobId, {
        ...{ phase: 'backlog', modelClass, lane, position },
        ...{ startsInSeconds: atSeconds, etaSeconds: atSeconds + seconds },
      });
    },
    end: ({ lanes, backlog }) => {
      for (const modelClass of MODEL_CLASSES) {
        const unserved = (phase: Place['phase'], jobId: string, lane?: Lane): void => {
          const known = places.get(jobId) ?? {
            modelClass,
            position: ++positions[modelClass],
            ...(lane && { lane }),
          };
          put(jobId, { ...known, phase });
        };
        for (const lane of LANES)
          for (const { jobId } of lanes[lane].waiting[modelClass]) unserved('assigned', jobId, lane);
        for (const { jobId } of backlog[modelClass]) unserved('backlog', jobId);
      }
      return { places, classes: byClass((each) => summary(tallies[each])) };
    },
  };
}

function summary({ jobs, lastStart, firstEnd, lastEnd }: Tally): ClassForecast {
  if (jobs === 0) return {};
  return { drainSeconds: lastStart, secondsPerJob: lastEnd / jobs, nextEndSeconds: firstEnd };
}
