import { connectBus } from '@whisper/shared/bus/connect';
import { waitForTopology } from '@whisper/shared/bus/wait-for-topology';
import { MODEL_PRIORITY_KEY } from '@whisper/shared/contracts/model-priority';
import { createLogger } from '@whisper/shared/kit/logger';
import { armStopDeadline, stopSignal } from '@whisper/shared/kit/stop-signal';
import { openJobRecords } from '@whisper/shared/storage/job-records';
import { watchWorkers } from '@whisper/shared/storage/worker-registry';
import { config } from './config.ts';
import { lead } from './lead.ts';
import { leadInTurn } from './leadership/lead-in-turn.ts';
import { guardSettings } from './settings-guard.ts';

const log = createLogger('scheduler', config.LOG_LEVEL);
const stop = stopSignal();
armStopDeadline(stop, config.DRAIN_SECONDS * 1000);

await using bus = await connectBus('scheduler', config, log, stop);
await waitForTopology(bus, log, stop);
await using settings = await guardSettings(bus, log);
if (config.MODEL_PRIORITY) await settings.set(MODEL_PRIORITY_KEY, config.MODEL_PRIORITY);
await using workers = await watchWorkers(bus, log);
const records = await openJobRecords(bus);

log.info('ready');
const deps = { bus, log, records, settings, workers, maxWaitMs: config.MAX_WAIT_SECONDS * 1000 };
await leadInTurn({ bus, log, stop, lead: (term) => lead(deps, term) });
log.info('stopped');
