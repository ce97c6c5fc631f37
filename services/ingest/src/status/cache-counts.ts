import type { CacheOutcome } from '../submission/transcribe-upload.ts';

/** How this process's requests were answered since it started. */
export interface CacheCounts {
  readonly count: (outcome: CacheOutcome) => void;
  readonly totals: () => Readonly<Record<CacheOutcome, number>>;
}

export function createCacheCounts(): CacheCounts {
  const totals = { hit: 0, joined: 0, miss: 0 };
  return {
    count: (outcome) => {
      totals[outcome]++;
    },
    totals: () => ({ ...totals }),
  };
}
