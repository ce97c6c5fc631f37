import { connectBus } from '@whisper/shared/bus/connect';
import { waitForTopology } from '@whisper/shared/bus/wait-for-topology';
import { MODEL_PRIORITY_KEY } from '@whisper/shared/contracts/model-priority';
import { createLogger } from '@whisper/shared/kit/logger';
import { armStopDeadline, stopSignal } from '@whisper/shared/kit/stop-signal';
import { openJobRecords } from '@whisper/shared/storage/job-records';
import { watchSettings } from '@whisper/shared/storage/settings';
import { watchWorkers } from '@whisper/shared/storage/worker-registry';
import { config } from './config.ts';
import { moveStranded } from './scheduling/move-stranded.ts';
import { takeSubmitted } from './scheduling/take-submitted.ts';

const log = createLogger('scheduler', config.LOG_LEVEL);
const stop = stopSignal();
armStopDeadline(stop, config.DRAIN_SECONDS * 1000);

await using bus = await connectBus('scheduler', config, log, stop);
await waitForTopology(bus, log, stop);
await using settings = await watchSettings(bus, log);
if (config.MODEL_PRIORITY) await settings.set(MODEL_PRIORITY_KEY, config.MODEL_PRIORITY);
await using workers = await watchWorkers(bus, log);

log.info('ready');
const deps = { bus, workers, settings, records: await openJobRecords(bus), log, stop };
await Promise.all([takeSubmitted(deps), moveStranded(deps)]);
log.info('stopped');
