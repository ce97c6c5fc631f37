import { setTimeout as sleep } from 'node:timers/promises';
import { BUCKETS, STREAMS } from '../contracts/topology.ts';
import type { Logger } from '../kit/logger.ts';
import type { Bus } from './connect.ts';

const NAMES = [...STREAMS.map(({ name }) => name), ...Object.values(BUCKETS).map(({ name }) => `KV_${name}`)];

/** Services start in any order: waits until every stream and bucket is there, saying what is missing. */
export async function waitForTopology(bus: Bus, log: Logger, stop: AbortSignal): Promise<void> {
  for (let round = 0; !stop.aborted; round++) {
    const missing = await missingStreams(bus);
    if (missing.length === 0) return;
    if (round % 10 === 2) log.warn({ missing }, 'waiting for streams: run `npm run topology` once');
    await sleep(500, undefined, { signal: stop }).catch(() => undefined);
  }
}

async function missingStreams(bus: Bus): Promise<readonly string[]> {
  const found = await Promise.allSettled(NAMES.map((name) => bus.manager.streams.info(name)));
  return NAMES.filter((_, i) => found[i]?.status === 'rejected');
}
