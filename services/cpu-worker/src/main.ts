import { cpus } from 'node:os';
import { connectBus } from '@whisper/shared/bus/connect';
import { waitForTopology } from '@whisper/shared/bus/wait-for-topology';
import { createLogger } from '@whisper/shared/kit/logger';
import { armStopDeadline, stopSignal } from '@whisper/shared/kit/stop-signal';
import { runWorker } from '@whisper/worker/run-worker';
import { config } from './config.ts';

const SETTLE_MS = 10_000;

const log = createLogger('cpu-worker', config.LOG_LEVEL);
const stop = stopSignal();
armStopDeadline(stop, config.DRAIN_SECONDS * 1000 + SETTLE_MS);

await using bus = await connectBus('cpu-worker', config, log, stop);
await waitForTopology(bus, log, stop);
await runWorker({
  bus,
  log,
  stop,
  settings: config,
  profile: { lane: 'cpu', device: cpus()[0]?.model ?? 'CPU', executionProviders: ['cpu'] },
});
log.info('stopped');
