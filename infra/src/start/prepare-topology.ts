import { connectBus } from '@whisper/shared/bus/connect';
import { createLogger } from '@whisper/shared/kit/logger';
import { openBlobStore } from '@whisper/shared/storage/open-blob-store';
import { applyTopology } from '../apply-topology.ts';
import { topologyConfig, topologySettings } from '../topology-config.ts';
import type { SystemParts } from './describe-system.ts';
import type { StartContext } from './start-context.ts';

/** Streams, consumers and buckets; the services only open them. */
export async function prepareTopology(
  { shutdown }: StartContext,
  { natsUrl, blobs }: SystemParts,
): Promise<void> {
  const settings = { ...topologyConfig, ...blobs.settings, NATS_URL: natsUrl };
  const log = createLogger('start', 'warn');
  await using bus = await connectBus('topology', settings, log, shutdown.signal);
  await applyTopology(bus, openBlobStore(settings, bus), topologySettings);
}
