import type Koa from 'koa';
import type { Bus } from '@whisper/shared/bus/connect';
import type { Logger } from '@whisper/shared/kit/logger';
import type { BlobStore } from '@whisper/shared/storage/blob-store';
import type { AddressGuard } from '@whisper/shared/outbound/address-guard';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import type { ResultCache } from '@whisper/shared/storage/result-cache';
import type { Settings } from '@whisper/shared/storage/settings';
import type { WorkerRegistry } from '@whisper/shared/storage/worker-registry';
import type { Caller } from './callers/caller.ts';
import type { Accounts } from './callers/open-accounts.ts';
import type { IngestConfig } from './config.ts';
import type { Eraser } from './erasure/eraser.ts';
import type { EventTail } from './events/event-tail.ts';
import { createApp } from './http/app.ts';
import { createCacheCounts } from './status/cache-counts.ts';
import type { Abandonment } from './submission/abandonment.ts';
import { createAdmission } from './submission/admission.ts';
import type { Completions } from './submission/completions.ts';
import { lookUpResult } from './submission/look-up-result.ts';
import { createQueueRoom } from './submission/queue-room.ts';
import { queueTrouble } from './submission/queue-trouble.ts';
import { createRoomForecast } from './submission/room-forecast.ts';
import type { IdempotentRequests } from './submission/idempotent-requests.ts';
import type { StoreHealth } from './submission/store-health.ts';
import { createTranscriber } from './submission/transcribe-upload.ts';
import type { Webhooks } from './webhooks/webhooks.ts';

/** What ingest has opened and listens to. */
export interface IngestParts extends Accounts {
  readonly config: IngestConfig;
  readonly log: Logger;
  readonly bus: Bus;
  readonly blobs: BlobStore;
  readonly results: ResultCache;
  readonly records: JobRecords;
  readonly settings: Settings;
  readonly workers: WorkerRegistry;
  readonly completions: Completions;
  readonly abandonment: Abandonment;
  readonly tail: EventTail;
  readonly eraser: Eraser;
  readonly guard: AddressGuard;
  readonly webhooks: Webhooks;
  readonly store: StoreHealth;
  readonly idempotent: IdempotentRequests;
  /** Who comes without a key; missing where keys are required. */
  readonly keyless: Caller | undefined;
  readonly spoolDirectory: string;
  /** Models that can be fetched, beside those that workers have. */
  readonly catalogue: readonly string[];
  /** Aborts first: not ready any more, while requests are still taken. */
  readonly stop: AbortSignal;
  /** Then: no upload is taken any more. */
  readonly closing: AbortSignal;
  readonly giveUp: AbortSignal;
}

/** Puts the parts together behind the routes. */
export function assembleApp(parts: IngestParts): Koa {
  const { bus, config, results, settings, store, workers } = parts;
  const queueRoom = createQueueRoom(bus);
  return createApp({
    ...parts,
    classOf: settings.classOf,
    cacheCounts: createCacheCounts(),
    models: { defaultModel: config.DEFAULT_MODEL, names: () => modelNames(parts) },
    limits: {
      directory: parts.spoolDirectory,
      maxBytes: config.MAX_UPLOAD_BYTES,
      idleMs: config.UPLOAD_IDLE_SECONDS * 1000,
      minBytesPerSecond: config.UPLOAD_MIN_BYTES_PER_SECOND,
    },
    fetching: {
      ...parts,
      isOn: config.URL_INPUT,
      ...(config.BLOB_STORE === 's3' && { bucket: config.S3_BUCKET }),
      maxBytes: config.MAX_UPLOAD_BYTES,
      timeoutMs: config.URL_INPUT_SECONDS * 1000,
      idleMs: config.UPLOAD_IDLE_SECONDS * 1000,
    },
    corsOrigins: config.CORS_ORIGINS,
    waitMs: config.WAIT_SECONDS * 1000,
    keepAliveMs: config.KEEP_ALIVE_SECONDS * 1000,
    admission: createAdmission({
      ...parts,
      queueRoom,
      roomForecast: createRoomForecast(bus),
      maxUploadBytes: config.MAX_UPLOAD_BYTES,
      maxUploads: config.MAX_UPLOADS,
    }),
    transcriber: createTranscriber({
      ...parts,
      lookUp: (key, model) => lookUpResult(results, workers, key, model),
    }),
    notReady: async () => {
      if (parts.stop.aborted) return 'stopping';
      const trouble = queueTrouble(bus);
      if (trouble) return trouble;
      if (!store.isUp()) return 'the blob store does not answer';
      const { bucketsHaveRoom, depth, limit } = await queueRoom();
      if (!bucketsHaveRoom) return 'a bucket is full';
      return Object.values(depth).every((jobs) => jobs >= limit) ? 'every queue is full' : undefined;
    },
  });
}

function modelNames({ catalogue, config, workers }: IngestParts): readonly string[] {
  const local = workers.workers().flatMap(({ localModels }) => localModels.map(({ name }) => name));
  return [...new Set([config.DEFAULT_MODEL, ...local, ...catalogue])].sort();
}
