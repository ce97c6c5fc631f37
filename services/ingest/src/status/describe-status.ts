import type { Overview } from '@whisper/shared/overview/overview';
import { readOverview, type ReadOverview } from '@whisper/shared/overview/read-overview';
import type { Completions } from '../submission/completions.ts';
import type { CacheOutcome } from '../submission/transcribe-upload.ts';
import type { CacheCounts } from './cache-counts.ts';

export interface Status extends Overview {
  /** Of this ingest process, since it started. */
  readonly cache: Readonly<Record<CacheOutcome, number>>;
  /** Requests that wait for their text in this process now. */
  readonly waitingRequests: number;
}

export interface DescribeStatus extends ReadOverview {
  readonly cacheCounts: CacheCounts;
  readonly completions: Completions;
}

/** @throws PipelineError `queue_unavailable` */
export async function describeStatus(deps: DescribeStatus): Promise<Status> {
  return {
    ...(await readOverview(deps)),
    cache: deps.cacheCounts.totals(),
    waitingRequests: deps.completions.waiters(),
  };
}
