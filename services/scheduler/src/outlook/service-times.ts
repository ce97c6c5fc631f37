import type { Job } from '@whisper/shared/contracts/job';
import type { Lane, ModelClass } from '@whisper/shared/contracts/identifiers';
import type { WorkerPresence } from '@whisper/shared/contracts/worker-presence';
import { createLineFit, type LineFit } from './line-fit.ts';

/** Guesses for models that nobody has run yet: seconds a job. */
const UNMEASURED: Readonly<Record<Lane, Readonly<Record<ModelClass, number>>>> = {
  gpu: { light: 1, medium: 3, heavy: 10 },
  cpu: { light: 5, medium: 20, heavy: 120 },
};

/** Presences change slowly, forecasts ask for thousands of jobs. */
const GUESS_KEPT_MS = 1_000;
/** Nothing is free, or one tenant could have it all. */
const LEAST_COST_SECONDS = 0.001;

export interface Speed {
  readonly model: string;
  readonly lane: Lane;
  readonly secondsPerJob: number;
  readonly jobs: number;
}

/**
 * How long jobs hold a slot, by model and lane, as measured: a line over the size of the audio, which is all that is
 * known of a job before it runs. Until this process has measured, the workers' own figures count, then guesses.
 */
export interface ServiceTimes {
  readonly add: (job: Job, lane: Lane, seconds: number) => void;
  readonly secondsOf: (job: Job, lane: Lane) => number;
  /** What a job takes of the fleet, for shares: its time where it most likely runs. */
  readonly costOf: (job: Job) => number;
  readonly speeds: () => readonly Speed[];
}

export interface ServiceTimesDeps {
  readonly workers: () => readonly WorkerPresence[];
  readonly classOf: (model: string) => ModelClass;
}

interface Measure {
  readonly model: string;
  readonly lane: Lane;
  readonly fit: LineFit;
  lastBytes: number;
}

export function createServiceTimes({ workers, classOf }: ServiceTimesDeps): ServiceTimes {
  const measures = new Map<string, Measure>();
  const guesses = new Map<string, { readonly seconds: number; readonly untilMs: number }>();
  const add: ServiceTimes['add'] = ({ model, audio }, lane, seconds) => {
    const key = keyOf(model, lane);
    const measure = measures.get(key) ?? { model, lane, fit: createLineFit(), lastBytes: 0 };
    measure.fit.add(audio.sizeBytes, seconds);
    measure.lastBytes = audio.sizeBytes;
    measures.set(key, measure);
  };
  const guess = (model: string, lane: Lane): number => {
    const key = keyOf(model, lane);
    const known = guesses.get(key);
    if (known && performance.now() < known.untilMs) return known.seconds;
    const seconds = toldByWorkers(workers(), model, lane) ?? UNMEASURED[lane][classOf(model)];
    guesses.set(key, { seconds, untilMs: performance.now() + GUESS_KEPT_MS });
    return seconds;
  };
  const secondsOf: ServiceTimes['secondsOf'] = ({ model, audio }, lane) =>
    measures.get(keyOf(model, lane))?.fit.at(audio.sizeBytes) ?? guess(model, lane);
  return {
    add,
    secondsOf,
    costOf: (job) =>
      Math.max(LEAST_COST_SECONDS, secondsOf(job, measures.has(keyOf(job.model, 'gpu')) ? 'gpu' : 'cpu')),
    speeds: () =>
      [...measures.values()].map(({ model, lane, fit, lastBytes }) => ({
        model,
        lane,
        secondsPerJob: fit.at(lastBytes) ?? 0,
        jobs: fit.samples(),
      })),
  };
}

const keyOf = (model: string, lane: Lane): string => `${lane}.${model}`;

/** The mean over the lane's workers, by the jobs they have seen. */
function toldByWorkers(workers: readonly WorkerPresence[], model: string, lane: Lane): number | undefined {
  const told = workers
    .filter((worker) => worker.lane === lane)
    .flatMap(({ speeds }) => speeds.filter((speed) => speed.model === model));
  const jobs = told.reduce((sum, each) => sum + each.jobs, 0);
  return jobs > 0 ? told.reduce((sum, each) => sum + each.secondsPerJob * each.jobs, 0) / jobs : undefined;
}
