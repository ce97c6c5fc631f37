import { byClass, type ModelClass } from '@whisper/shared/contracts/identifiers';

/** Over which arrivals are averaged, those long ago fading. */
const AVERAGED_MS = 60_000;
/** A class that has been silent this long has no rate. */
const REMEMBERED_MS = 300_000;

export interface Arrivals {
  /** Jobs a second. */
  readonly perSecond: number;
  /** What each takes. */
  readonly meanSeconds: number;
}

/** How many jobs of each class come, of late. */
export interface ArrivalRates {
  readonly add: (modelClass: ModelClass, seconds: number, nowMs: number) => void;
  readonly of: (modelClass: ModelClass, nowMs: number) => Arrivals | undefined;
}

interface Sums {
  readonly jobs: number;
  readonly seconds: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

export function createArrivalRates(): ArrivalRates {
  const sums: Record<ModelClass, Sums | undefined> = byClass(() => undefined);
  return {
    add: (modelClass, seconds, nowMs) => {
      const known = sums[modelClass] ?? { jobs: 0, seconds: 0, firstMs: nowMs, lastMs: nowMs };
      const kept = Math.exp((known.lastMs - nowMs) / AVERAGED_MS);
      sums[modelClass] = {
        jobs: known.jobs * kept + 1,
        seconds: known.seconds * kept + seconds,
        firstMs: known.firstMs,
        lastMs: nowMs,
      };
    },
    of: (modelClass, nowMs) => {
      const known = sums[modelClass];
      if (!known || nowMs - known.lastMs > REMEMBERED_MS) return undefined;
      const kept = Math.exp((known.lastMs - nowMs) / AVERAGED_MS);
      return {
        perSecond: (known.jobs * kept) / seenSeconds(known, nowMs),
        meanSeconds: known.seconds / known.jobs,
      };
    },
  };
}

/** The time that the sum stands for: at first what has passed, later the time over which it fades. */
function seenSeconds({ firstMs }: Sums, nowMs: number): number {
  const passed = 1 - Math.exp((firstMs - nowMs) / AVERAGED_MS);
  return Math.max(1, (AVERAGED_MS / 1_000) * passed);
}
