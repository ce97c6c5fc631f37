import { statfs } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { Bus } from '@whisper/shared/bus/connect';
import type { KeyUsages } from '@whisper/shared/storage/key-usage';
import { PipelineError } from '@whisper/shared/contracts/errors';
import type { ModelClass } from '@whisper/shared/contracts/identifiers';
import { checkDailyQuota } from '../callers/daily-quota.ts';
import type { Caller } from '../callers/caller.ts';
import type { QueueRoom } from './queue-room.ts';
import { queueTrouble } from './queue-trouble.ts';
import type { RoomForecast } from './room-forecast.ts';
import type { StoreHealth } from './store-health.ts';

/** A form's headers and fields beside its file. */
const FORM_OVERHEAD_BYTES = 64 * 1024;
/** Left free on the spool's disk for everybody else. */
const DISK_RESERVE_BYTES = 256 * 1024 * 1024;

export interface AdmissionDeps {
  readonly bus: Bus;
  readonly store: StoreHealth;
  readonly usages: KeyUsages;
  readonly queueRoom: () => Promise<QueueRoom>;
  readonly roomForecast: RoomForecast;
  readonly spoolDirectory: string;
  readonly maxUploadBytes: number;
  readonly maxUploads: number;
  readonly closing: AbortSignal;
}

/** Refuses what could not be finished, before a byte of the body is read. */
export interface Admission {
  /** @throws PipelineError why not now; dispose when the body has been read */
  readonly admit: (request: IncomingMessage, caller: Caller, modelClass: ModelClass) => Promise<Disposable>;
}

export function createAdmission(deps: AdmissionDeps): Admission {
  let uploads = 0;
  return {
    admit: async (request, caller, modelClass) => {
      checkSize(request, deps.maxUploadBytes);
      if (deps.closing.aborted) throw new PipelineError('stopping', 'the server is stopping');
      if (uploads >= deps.maxUploads) throw new PipelineError('too_many_uploads', 'too many uploads at once');
      uploads++;
      const leave: Disposable = { [Symbol.dispose]: () => uploads-- };
      try {
        await checkReach(deps, Number(request.headers['content-length'] ?? 0));
        await checkDailyQuota(deps.usages, caller, new Date());
        await checkRoom(deps, caller, modelClass);
        return leave;
      } catch (error) {
        leave[Symbol.dispose]();
        throw error;
      }
    },
  };
}

function checkSize({ headers }: IncomingMessage, maxUploadBytes: number): void {
  if (Number(headers['content-length'] ?? 0) > maxUploadBytes + FORM_OVERHEAD_BYTES) {
    throw new PipelineError('file_too_large', `the limit is ${maxUploadBytes} bytes`, { field: 'file' });
  }
}

async function checkReach(deps: AdmissionDeps, declaredBytes: number): Promise<void> {
  const trouble = queueTrouble(deps.bus);
  if (trouble) throw new PipelineError('queue_unavailable', trouble);
  if (!deps.store.isUp()) throw new PipelineError('storage_unavailable', 'the blob store cannot be reached');
  const { bavail, bsize } = await statfs(deps.spoolDirectory);
  if (bavail * bsize < declaredBytes + DISK_RESERVE_BYTES) {
    throw new PipelineError('spool_full', 'no room for the upload');
  }
}

async function checkRoom(deps: AdmissionDeps, caller: Caller, modelClass: ModelClass): Promise<void> {
  const room = await deps.queueRoom();
  if (!room.bucketsHaveRoom) throw new PipelineError('queue_full', 'a bucket for jobs or results is full');
  const full = whatIsFull(room, caller, modelClass);
  if (!full) return;
  const retryAfterSeconds = await deps.roomForecast.secondsUntilRoom(modelClass);
  throw new PipelineError('queue_full', full, { ...(retryAfterSeconds && { retryAfterSeconds }) });
}

function whatIsFull(room: QueueRoom, { tenant }: Caller, modelClass: ModelClass): string | undefined {
  if (room.depth[modelClass] >= room.limit) return `the ${modelClass} queue is full`;
  const isTenantFull = room.tenantDepth(modelClass, tenant) >= room.tenantLimit;
  return isTenantFull ? `your share of the ${modelClass} queue is full` : undefined;
}
