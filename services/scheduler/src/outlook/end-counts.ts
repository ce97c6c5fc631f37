import type { Lane, ModelClass } from '@whisper/shared/contracts/identifiers';

const WINDOW_MS = 60_000;

/** How many jobs ended of late, by lane and class. */
export interface EndCounts {
  readonly add: (lane: Lane, modelClass: ModelClass) => void;
  readonly lastMinute: (lane: Lane, modelClass: ModelClass) => number;
}

export function createEndCounts(now: () => number = () => performance.now()): EndCounts {
  const times = new Map<string, number[]>();
  const recent = (key: string): number[] => {
    const kept = times.get(key) ?? [];
    const first = kept.findIndex((atMs) => atMs > now() - WINDOW_MS);
    kept.splice(0, first < 0 ? kept.length : first);
    times.set(key, kept);
    return kept;
  };
  return {
    add: (lane, modelClass) => void recent(`${lane}.${modelClass}`).push(now()),
    lastMinute: (lane, modelClass) => recent(`${lane}.${modelClass}`).length,
  };
}
