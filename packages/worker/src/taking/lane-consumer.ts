import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '@whisper/shared/bus/connect';
import type { Delivery } from '@whisper/shared/bus/delivery';
import { takeNext } from '@whisper/shared/bus/take-next';
import type { Lane, ModelClass } from '@whisper/shared/contracts/identifiers';
import { workConsumer, workStream } from '@whisper/shared/contracts/topology';
import type { ClassWeights } from '@whisper/shared/contracts/settings';
import type { Logger } from '@whisper/shared/kit/logger';
import { createWeightedOrder } from '@whisper/shared/kit/weighted-order';
import { createSleeper } from './sleeper.ts';
import { createWakeListener } from './wake-listener.ts';

/** A wake can beat the consumer's own signal: after one that found nothing, look again after these pauses. */
const RECHECK_MS = [5, 20, 80];
/** Redeliveries and delayed naks wake nobody; an idle worker looks this often, with jitter. */
const FALLBACK_MS = 2_000;
const TROUBLE_MS = 500;

export interface LaneConsumer {
  readonly bus: Bus;
  readonly lane: Lane;
  readonly slots: number;
  readonly classWeights: () => ClassWeights;
  readonly log: Logger;
  readonly stop: AbortSignal;
  /** Runs one job to its end; never rejects. */
  readonly run: (delivery: Delivery, modelClass: ModelClass, slot: number) => Promise<void>;
}

/**
 * The slot protocol: while a slot is free, ask the classes in weighted order without waiting; when all are
 * empty, sleep in the lane's queue group until the stream's republish wakes it. One job a slot, nothing is
 * fetched ahead, nobody polls. Resolves when stopped, with the jobs in hand still running.
 */
export async function consumeLane(deps: LaneConsumer): Promise<void> {
  const free = Array.from({ length: deps.slots }, (_, slot) => slot);
  const sleeper = createSleeper();
  const sweep = createSweep(deps, free, sleeper.wake);
  const wakes = createWakeListener(deps.bus, deps.lane, (subject) => {
    if (free.length > 0) sleeper.wake();
    else deps.bus.connection.publish(subject);
  });
  deps.stop.addEventListener('abort', sleeper.wake, { once: true });
  const look = async (): Promise<boolean> => {
    if (free.length === 0) {
      await wakes.leave();
      return false;
    }
    return (await sweep()) || ((await wakes.listen()) && sweep());
  };
  let looks = RECHECK_MS.length;
  while (!deps.stop.aborted) {
    if (await look()) continue;
    const woken = await sleeper.sleep(RECHECK_MS[looks] ?? FALLBACK_MS * (0.75 + Math.random() / 2));
    looks = woken ? 0 : looks + 1;
  }
  await wakes.leave();
}

type Sweep = () => Promise<boolean>;

/** Each class once, in weighted order; the first job found goes to a free slot. */
function createSweep(deps: LaneConsumer, free: number[], onSlotFree: () => void): Sweep {
  const order = createWeightedOrder(deps.classWeights);
  const start = (delivery: Delivery, modelClass: ModelClass): void => {
    const slot = free.pop() ?? 0;
    order.picked();
    void deps.run(delivery, modelClass, slot).finally(() => {
      free.push(slot);
      onSlotFree();
    });
  };
  return async () => {
    if (free.length === 0 || deps.stop.aborted) return false;
    try {
      for (const modelClass of order.next()) {
        const delivery = await takeNext(deps.bus, workStream(deps.lane), workConsumer(modelClass));
        if (!delivery) continue;
        start(delivery, modelClass);
        return true;
      }
    } catch (err) {
      deps.log.warn({ err }, 'could not ask for work: trying again');
      await sleep(TROUBLE_MS);
    }
    return false;
  };
}
