import type { StreamInfo } from '@nats-io/jetstream';
import { EVENTS_STREAM, STREAMS, type StreamDeclaration } from '../contracts/topology.ts';
import type { Logger } from '../kit/logger.ts';
import { pause } from '../kit/pause.ts';
import type { Bus } from './connect.ts';
import { busError, isMissing } from './nats-errors.ts';
import { streamConfig } from './stream-config.ts';

const TRY_AGAIN_MS = 1_000;

/**
 * Streams in memory end with a NATS server that stands alone: they are made anew, now and after each reconnect, so that a
 * restart of NATS needs nobody to run `npm run topology`. Resolves when they are there, or the site was never prepared.
 */
export async function keepMemoryStreams(bus: Bus, log: Logger, stop: AbortSignal): Promise<void> {
  const restore = async (): Promise<void> => {
    do {
      try {
        const restored = await restoreMemoryStreams(bus);
        if (restored.length > 0) log.info({ streams: restored }, 'streams in memory made anew');
        return;
      } catch (err) {
        if (!stop.aborted) log.warn({ err }, 'streams in memory not made anew: trying again');
      }
    } while (await pause(TRY_AGAIN_MS, stop));
  };
  bus.onReconnect(() => void restore());
  await restore();
}

/** @returns what was missing. @throws PipelineError `queue_unavailable` */
async function restoreMemoryStreams(bus: Bus): Promise<readonly string[]> {
  const missing: StreamDeclaration[] = [];
  for (const declared of STREAMS) {
    if (declared.inMemory && !(await find(bus, declared.name))) missing.push(declared);
  }
  const events = missing.length > 0 && (await find(bus, EVENTS_STREAM));
  if (!events) return [];
  try {
    const replicas = events.config.num_replicas;
    for (const declared of missing) await bus.manager.streams.add(streamConfig(declared, { replicas }));
  } catch (error) {
    throw busError(error, 'making streams in memory anew');
  }
  return missing.map(({ name }) => name);
}

async function find(bus: Bus, name: string): Promise<StreamInfo | undefined> {
  try {
    return await bus.manager.streams.info(name);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw busError(error, 'looking for streams');
  }
}
