import { PipelineError } from '../contracts/errors.ts';
import { BUCKETS, STREAMS } from '../contracts/topology.ts';
import { pause } from '../kit/pause.ts';
import type { Logger } from '../kit/logger.ts';
import type { Bus } from './connect.ts';

const POLL_MS = 500;
const NAMES = [...STREAMS.map(({ name }) => name), ...Object.values(BUCKETS).map(({ name }) => `KV_${name}`)];

/**
 * Services start in any order: waits until every stream and bucket is there, saying what is missing.
 * @throws PipelineError `stopping` when the stop signal comes first
 */
export async function waitForTopology(bus: Bus, log: Logger, stop: AbortSignal): Promise<void> {
  for (let round = 0; ; round++) {
    const missing = await missingStreams(bus);
    if (missing.length === 0) return;
    if (round % 10 === 2) log.warn({ missing }, 'waiting for streams: run `npm run topology` once');
    if (await pause(POLL_MS, stop)) continue;
    throw new PipelineError('stopping', 'stopped while waiting for streams');
  }
}

async function missingStreams(bus: Bus): Promise<readonly string[]> {
  const found = await Promise.allSettled(NAMES.map((name) => bus.manager.streams.info(name)));
  return NAMES.filter((_, i) => found[i]?.status === 'rejected');
}
