import { PipelineError } from '../contracts/errors.ts';
import { streamsOf } from '../contracts/permissions/permissions-of.ts';
import { pause } from '../kit/pause.ts';
import type { Logger } from '../kit/logger.ts';
import type { Bus } from './connect.ts';
import { busError, isRefused } from './nats-errors.ts';

const POLL_MS = 500;

/**
 * Services start in any order: waits until every stream and bucket that this one needs is there, saying what is missing.
 * @throws PipelineError `stopping` when the stop signal comes first, `queue_unavailable` when NATS does not let us look
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
  const names = streamsOf(bus.role);
  const found = await Promise.allSettled(names.map((name) => bus.manager.streams.info(name)));
  for (const each of found)
    if (each.status === 'rejected' && isRefused(each.reason))
      throw busError(each.reason, 'looking for streams');
  return names.filter((_, i) => found[i]?.status === 'rejected');
}
