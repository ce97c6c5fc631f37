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
  { bus: server, blobs }: SystemParts,
): Promise<void> {
  const settings = {
    ...topologyConfig,
    ...blobs.settings,
    ...blobs.credentials('provisioner'),
    ...server.credentials('provisioner'),
    NATS_URL: server.url,
  };
  const log = createLogger('start', 'warn');
  await using bus = await connectBus('provisioner', settings, log, shutdown.signal);
  await applyTopology(bus, openBlobStore(settings, bus), topologySettings);
}
