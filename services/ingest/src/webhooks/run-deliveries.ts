import { deliveryKey } from '@whisper/shared/contracts/webhook';
import { pause } from '@whisper/shared/kit/pause';
import { watchBucket } from '@whisper/shared/storage/watch-bucket';
import { attemptDelivery, type AttemptDelivery } from './attempt-delivery.ts';
import { createPendingDeliveries } from './pending-deliveries.ts';

const LIMITS = { perOrigin: 4, all: 128, retries: 64 };
const LOOK_EVERY_MS = 250;

/**
 * Delivers what is due, as the bucket tells; every ingest does, and claims keep them apart. Disposing hands back what is
 * under way.
 */
export async function runDeliveries(deps: AttemptDelivery): Promise<AsyncDisposable> {
  const clocks = { wall: deps.now, monotonic: () => performance.now() };
  const pending = createPendingDeliveries(LIMITS, clocks);
  const stopped = new AbortController();
  const underWay = new Set<Promise<void>>();
  const start = (): void => {
    for (let next = pending.take(); next && !stopped.signal.aborted;) {
      const delivery = next;
      const key = deliveryKey(delivery.jobId, delivery.endpointId);
      const work = attemptDelivery(deps, delivery, stopped.signal)
        .then((now) => {
          pending.put(key, now); // what is purged from the bucket, its watch does not tell
        })
        .catch((err: unknown) => {
          deps.log.warn({ err, jobId: delivery.jobId }, 'webhook not settled: it stays due');
        })
        .finally(() => {
          pending.release(key);
          underWay.delete(work);
        });
      underWay.add(work);
      next = pending.take();
    }
  };
  const watch = await watchBucket(deps.deliveries.bucket, deps.log, pending.put);
  const looking = (async () => {
    while (await pause(LOOK_EVERY_MS, stopped.signal)) start();
  })();
  return {
    [Symbol.asyncDispose]: async () => {
      stopped.abort();
      await looking;
      await Promise.all(underWay);
      await watch[Symbol.asyncDispose]();
    },
  };
}
