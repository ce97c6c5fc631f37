import { connectBus } from '@whisper/shared/bus/connect';
import { createLogger } from '@whisper/shared/kit/logger';
import { readSettings } from '@whisper/shared/kit/config';
import { stopSignal } from '@whisper/shared/kit/stop-signal';
import { workerSettings } from '@whisper/worker/config';
import { runWorker } from '@whisper/worker/run-worker';

/** The cpu-worker as it is, but for its engine. */
const settings = readSettings(workerSettings, process.env);
const log = createLogger('paced-worker', settings.LOG_LEVEL);
const stop = stopSignal();
await using bus = await connectBus('cpu-worker', settings, log, stop);
await runWorker({
  bus,
  log,
  stop,
  settings,
  profile: {
    lane: 'cpu',
    device: 'paced',
    executionProviders: ['cpu'],
    engineEntry: new URL('./paced-engine.ts', import.meta.url),
  },
});
