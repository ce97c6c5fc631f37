import type { Delivery } from '@whisper/shared/contracts/webhook';

/** At once, of this process: to one receiver, to all, and to those that failed of late. */
export interface DeliveryLimits {
  readonly perOrigin: number;
  readonly all: number;
  readonly retries: number;
}

/** Times in milliseconds. */
export interface Clocks {
  /** In which deliveries say when they are due, through restarts. */
  readonly wall: () => number;
  /** Which no time server puts right. */
  readonly monotonic: () => number;
}

/** What is to be delivered and when; which of it may go now. */
export interface PendingDeliveries {
  /** What the bucket says now under this key. */
  readonly put: (key: string, delivery: Delivery | undefined) => void;
  /** The next that is due and whose receiver has room; it counts as being delivered until it is released. */
  readonly take: () => Delivery | undefined;
  readonly release: (key: string) => void;
  readonly underWay: () => number;
}

interface Pending {
  readonly delivery: Delivery;
  readonly origin: string;
  readonly dueMs: number;
  /** The same by the monotonic clock: a wall clock that is put back makes nobody wait for longer. */
  readonly dueMonotonicMs: number;
}

/**
 * A receiver that hangs holds up its own deliveries only: each has a few places. Retries together have but a part of all
 * places, so that many receivers that hang leave room for those that answer.
 */
export function createPendingDeliveries(limits: DeliveryLimits, clocks: Clocks): PendingDeliveries {
  const pending = new Map<string, Pending>();
  const taken = new Map<string, Pending>();
  const places = new Map<string, number>();
  const count = (place: string, by: number): void => {
    places.set(place, (places.get(place) ?? 0) + by);
    if (places.get(place) === 0) places.delete(place);
  };
  const move = (each: Pending, by: number): void => {
    count(each.origin, by);
    if (isRetry(each)) count(RETRIES, by);
  };
  const hasRoom = (each: Pending): boolean =>
    (places.get(each.origin) ?? 0) < limits.perOrigin &&
    (!isRetry(each) || (places.get(RETRIES) ?? 0) < limits.retries);
  return {
    put: (key, delivery) => {
      if (delivery?.state !== 'pending') pending.delete(key);
      else pending.set(key, toPending(delivery, clocks));
    },
    take: () => {
      const [nowMs, nowMonotonicMs] = [clocks.wall(), clocks.monotonic()];
      const isDue = (each: Pending): boolean => each.dueMs <= nowMs || each.dueMonotonicMs <= nowMonotonicMs;
      if (taken.size >= limits.all) return undefined;
      let first: readonly [string, Pending] | undefined;
      for (const entry of pending) {
        const [key, each] = entry;
        const isLater = first !== undefined && each.dueMs >= first[1].dueMs;
        if (!isLater && isDue(each) && !taken.has(key) && hasRoom(each)) first = entry;
      }
      if (!first) return undefined;
      const [key, each] = first;
      taken.set(key, each);
      move(each, 1);
      return each.delivery;
    },
    release: (key) => {
      const each = taken.get(key);
      if (each && taken.delete(key)) move(each, -1);
    },
    underWay: () => taken.size,
  };
}

/** No origin has this name. */
const RETRIES = 'retries';
const isRetry = ({ delivery }: Pending): boolean => delivery.attempts > 0;

/** One that somebody is at comes back when that claim is over. */
function toPending(delivery: Delivery, { monotonic, wall }: Clocks): Pending {
  const { claimedUntil, nextAttemptAt, url } = delivery;
  const dueMs = Math.max(Date.parse(nextAttemptAt ?? ''), claimedUntil ? Date.parse(claimedUntil) : 0);
  const dueMonotonicMs = monotonic() + dueMs - wall();
  return { delivery, origin: new URL(url).origin, dueMs, dueMonotonicMs };
}
