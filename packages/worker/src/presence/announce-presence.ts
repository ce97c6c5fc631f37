import type { Bus } from '@whisper/shared/bus/connect';
import { BUCKETS } from '@whisper/shared/contracts/topology';
import {
  PRESENCE_INTERVAL_MS,
  workerPresenceSchema,
  type WorkerPresence,
} from '@whisper/shared/contracts/worker-presence';
import type { Logger } from '@whisper/shared/kit/logger';
import { pause } from '@whisper/shared/kit/pause';
import { openJsonBucket } from '@whisper/shared/storage/json-bucket';

/** Renews this worker's entry in the bucket `workers` until disposed, then takes it away. */
export async function announcePresence(
  bus: Bus,
  log: Logger,
  describe: () => Promise<WorkerPresence>,
): Promise<AsyncDisposable> {
  const bucket = await openJsonBucket(bus, BUCKETS.workers.name, workerPresenceSchema);
  const ended = new AbortController();
  const beat = async (): Promise<void> => {
    const presence = await describe();
    await bucket.put(presence.workerId, presence);
  };
  await beat();
  const beating = (async () => {
    while (await pause(PRESENCE_INTERVAL_MS, ended.signal)) {
      await beat().catch((err: unknown) => {
        log.warn({ err }, 'presence not renewed');
      });
    }
  })();
  return {
    [Symbol.asyncDispose]: async () => {
      ended.abort();
      await beating;
      const { workerId } = await describe();
      await bucket.delete(workerId).catch((err: unknown) => {
        log.warn({ err }, 'presence not taken away: it will expire');
      });
    },
  };
}
