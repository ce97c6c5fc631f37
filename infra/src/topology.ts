import { connectBus } from '@whisper/shared/bus/connect';
import { createLogger } from '@whisper/shared/kit/logger';
import { stopSignal } from '@whisper/shared/kit/stop-signal';
import { openBlobStore } from '@whisper/shared/storage/open-blob-store';
import { applyTopology } from './apply-topology.ts';
import { topologyConfig, topologySettings } from './topology-config.ts';

/** `npm run topology`: prepares a NATS that the operator runs. */
const log = createLogger('topology', topologyConfig.LOG_LEVEL);
await using bus = await connectBus('provisioner', topologyConfig, log, stopSignal());
await applyTopology(bus, openBlobStore(topologyConfig, bus), topologySettings);
log.info('streams, consumers and buckets are in place');
