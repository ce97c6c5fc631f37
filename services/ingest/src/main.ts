import { setMaxListeners } from 'node:events';
import { resolve } from 'node:path';
import { connectBus } from '@whisper/shared/bus/connect';
import { keepMemoryStreams } from '@whisper/shared/bus/keep-memory-streams';
import { waitForTopology } from '@whisper/shared/bus/wait-for-topology';
import { createLogger } from '@whisper/shared/kit/logger';
import { openSpool } from '@whisper/shared/kit/spool';
import { armStopDeadline, stopSignal, untilAborted } from '@whisper/shared/kit/stop-signal';
import { openErasures } from '@whisper/shared/storage/erasures';
import { createAddressGuard } from '@whisper/shared/outbound/address-guard';
import { openJobRecords } from '@whisper/shared/storage/job-records';
import { openBlobStore } from '@whisper/shared/storage/open-blob-store';
import { openResultCache } from '@whisper/shared/storage/result-cache';
import { watchSettings } from '@whisper/shared/storage/settings';
import { watchWorkers } from '@whisper/shared/storage/worker-registry';
import { readCatalogue } from '@whisper/speech/models/catalogue';
import { assembleApp } from './assemble-app.ts';
import { config } from './config.ts';
import { startEraser } from './erasure/eraser.ts';
import { keylessBy } from './callers/key-policy.ts';
import { openAccounts } from './callers/open-accounts.ts';
import { followEventTail } from './events/event-tail.ts';
import { certificateFiles } from './http/certificate.ts';
import { startServer } from './http/server.ts';
import { watchAbandonment } from './submission/abandonment.ts';
import { followCompletions } from './submission/completions.ts';
import { openIdempotentRequests } from './submission/idempotent-requests.ts';
import { watchStore } from './submission/store-health.ts';
import { startWebhooks } from './webhooks/webhooks.ts';

const SETTLE_MS = 10_000;

const log = createLogger('ingest', config.LOG_LEVEL);
const stop = stopSignal();
const closing = new AbortController();
const giveUp = new AbortController();
setMaxListeners(0, giveUp.signal); // one for each request in flight
const drainMs = config.DRAIN_SECONDS * 1000;
armStopDeadline(stop, drainMs + SETTLE_MS);

const catalogue = [...(await readCatalogue()).keys()];
await using spool = await openSpool(resolve(config.DATA_DIR), 'ingest');
await using bus = await connectBus('ingest', config, log, stop);
await keepMemoryStreams(bus, log, stop);
await waitForTopology(bus, log, stop);
const blobs = openBlobStore(config, bus);
const results = await openResultCache(bus, blobs);
const records = await openJobRecords(bus);
await using settings = await watchSettings(bus, log);
await using workers = await watchWorkers(bus, log);
await using completions = followCompletions(bus, records, log);
await using abandonment = watchAbandonment({
  ...{ bus, log, records, completions },
  cancels: config.CANCEL_ABANDONED,
});
await using eraser = startEraser({
  ...{ log, blobs, records, results },
  source: { bus, name: 'ingest' },
  erasures: await openErasures(bus),
});
await using tail = await followEventTail(bus, log);
const guard = createAddressGuard(config.OUTBOUND_ALLOW);
await using webhooks = await startWebhooks({
  ...{ log, bus, records, results, guard, now: Date.now },
  defaultUrl: config.WEBHOOK_URL,
});
const idempotent = await openIdempotentRequests(bus, records);
await using accounts = await openAccounts(bus, records, log);
using store = await watchStore(blobs, log);

const app = assembleApp({
  ...{ config, log, bus, blobs, results, records, settings, workers },
  ...{ completions, abandonment, eraser, idempotent, tail, guard, webhooks, store, catalogue },
  ...{ ...accounts, keyless: keylessBy(config) },
  spoolDirectory: spool.directory,
  stop,
  closing: closing.signal,
  giveUp: giveUp.signal,
});
await using server = await startServer(app, {
  host: config.HOST,
  port: config.PORT,
  certificate: certificateFiles(config),
  log,
  drainMs,
  onClosing: () => {
    closing.abort();
  },
  onDrainOver: () => {
    giveUp.abort();
  },
});
log.info({ url: server.url }, 'ready');
await untilAborted(stop);
log.info('stopping');
