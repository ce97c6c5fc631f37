import type { Overview } from '@whisper/shared/overview/overview';
import { readOverview, type ReadOverview } from '@whisper/shared/overview/read-overview';
import type { CacheOutcome } from '../submission/transcribe-upload.ts';
import type { CacheCounts } from './cache-counts.ts';

export interface Status extends Overview {
  /** Of this ingest process, since it started. */
  readonly cache: Readonly<Record<CacheOutcome, number>>;
}

export interface DescribeStatus extends ReadOverview {
  readonly cacheCounts: CacheCounts;
}

/** @throws PipelineError `queue_unavailable` */
export async function describeStatus(deps: DescribeStatus): Promise<Status> {
  return { ...(await readOverview(deps)), cache: deps.cacheCounts.totals() };
}
