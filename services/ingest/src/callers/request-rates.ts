import { randomUUID } from 'node:crypto';
import type { Bus } from '@whisper/shared/bus/connect';
import type { ApiKey } from '@whisper/shared/contracts/api-key';
import { requestsSpent } from '@whisper/shared/contracts/requests-spent';
import { pause } from '@whisper/shared/kit/pause';
import type { Logger } from '@whisper/shared/kit/logger';
import type { KeyRing } from './key-ring.ts';
import { TokenBucket, type RateState } from './token-bucket.ts';

/** So much may be spent twice: at each ingest what it has not heard of yet. */
const TELL_EVERY_MS = 200;

/** How many requests each limited key has left. */
export interface RequestRates extends AsyncDisposable {
  /** @returns what is left, and whether this request was within it; `undefined` without a limit */
  readonly take: (key: ApiKey) => (RateState & { readonly taken: boolean }) | undefined;
}

/**
 * Counts here and tells the other ingests, so that a limit holds for all of them together but for what passes between
 * two tellings. While NATS is away each counts alone.
 */
export function shareRequestRates(bus: Bus, keys: KeyRing, log: Logger): RequestRates {
  const ingestId = randomUUID();
  const bucketOf = bucketsOf();
  const untold = new Map<string, number>();
  const hearing = bus.connection.subscribe(requestsSpent.filter, {
    callback: (error, message) => {
      if (error) log.warn({ err: error }, 'requests spent elsewhere not heard of');
      else hear(message.data);
    },
  });
  const hear = (data: Uint8Array): void => {
    try {
      const told = requestsSpent.decode(data);
      if (told.ingestId === ingestId) return;
      for (const [keyId, requests] of Object.entries(told.spent)) {
        const key = keys.get(keyId);
        if (key) bucketOf(key)?.spend(requests);
      }
    } catch (err) {
      log.warn({ err }, 'requests spent elsewhere do not parse');
    }
  };
  const tell = (): void => {
    if (untold.size === 0 || !bus.connected) return;
    const spent = Object.fromEntries(untold);
    untold.clear();
    bus.connection.publish(
      requestsSpent.subject(undefined),
      requestsSpent.encode({ version: 1, ingestId, spent }),
    );
  };
  const stopped = new AbortController();
  void repeat(tell, stopped.signal);
  return {
    take: (key) => {
      const bucket = bucketOf(key);
      if (!bucket) return undefined;
      const taken = bucket.take();
      if (taken) untold.set(key.keyId, (untold.get(key.keyId) ?? 0) + 1);
      return { ...bucket.state(), taken };
    },
    [Symbol.asyncDispose]: async () => {
      stopped.abort();
      await hearing.drain();
    },
  };
}

/** @returns what has a key's bucket ready, refilled up to now */
function bucketsOf(): (key: ApiKey) => TokenBucket | undefined {
  const buckets = new Map<string, TokenBucket>();
  return ({ keyId, limits: { requestsPerMinute } }) => {
    if (requestsPerMinute === undefined) return undefined;
    const nowMs = performance.now();
    const bucket = buckets.get(keyId) ?? new TokenBucket(requestsPerMinute, nowMs);
    buckets.set(keyId, bucket);
    bucket.refill(requestsPerMinute, nowMs);
    return bucket;
  };
}

async function repeat(work: () => void, stop: AbortSignal): Promise<void> {
  while (await pause(TELL_EVERY_MS, stop)) work();
}
