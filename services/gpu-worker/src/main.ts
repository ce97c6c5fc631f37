import { connectBus } from '@whisper/shared/bus/connect';
import { waitForTopology } from '@whisper/shared/bus/wait-for-topology';
import { createLogger } from '@whisper/shared/kit/logger';
import { armStopDeadline, stopSignal } from '@whisper/shared/kit/stop-signal';
import { runWorker } from '@whisper/worker/run-worker';
import { config } from './config.ts';
import { probeGpu } from './engine/probe-gpu.ts';

const SETTLE_MS = 10_000;

const log = createLogger('gpu-worker', config.LOG_LEVEL);
const probe = probeGpu();
if (!probe.usable) {
  process.stderr.write(`No usable GPU: ${probe.why}\n`);
  process.exit(1);
}
if (process.argv.includes('--probe')) {
  process.stdout.write(`${probe.device}\n`);
  process.exit(0);
}

const stop = stopSignal();
armStopDeadline(stop, config.DRAIN_SECONDS * 1000 + SETTLE_MS);
await using bus = await connectBus('gpu-worker', config, log, stop);
await waitForTopology(bus, log, stop);
await runWorker({
  bus,
  log,
  stop,
  settings: config,
  profile: { lane: 'gpu', device: probe.device, executionProviders: [probe.provider, 'cpu'] },
});
log.info('stopped');
