import { setTimeout as sleep } from 'node:timers/promises';
import type { KvWatchEntry } from '@nats-io/kv';
import { deferred } from '../kit/deferred.ts';
import type { Logger } from '../kit/logger.ts';
import type { JsonBucket } from './json-bucket.ts';

/** Entries may expire between the count and the watch: then nothing tells that all has been handed over. */
const CATCH_UP_MS = 5_000;

/**
 * Follows a bucket: `onChange` gets each key's value, or `undefined` when it is gone. Resolves once what
 * is there now has been handed over. A value that does not parse is kept out and logged, and `onUnreadable` hears of it.
 */
export async function watchBucket<T>(
  bucket: JsonBucket<T>,
  log: Logger,
  onChange: (key: string, value: T | undefined) => void,
  onUnreadable: (entry: KvWatchEntry, error: unknown) => void = () => undefined,
): Promise<AsyncDisposable> {
  const isEmpty = (await bucket.kv.status()).values === 0;
  const watch = await bucket.kv.watch();
  const caughtUp = deferred<undefined>();
  if (isEmpty) caughtUp.resolve(undefined);
  const hand = (entry: KvWatchEntry): void => {
    try {
      onChange(entry.key, entry.operation === 'PUT' ? bucket.parse(entry) : undefined);
    } catch (err) {
      log.warn({ err, key: entry.key }, 'bucket value does not parse: kept out');
      onUnreadable(entry, err);
    }
    if (entry.delta === 0) caughtUp.resolve(undefined);
  };
  void (async () => {
    for await (const entry of watch) hand(entry);
    log.debug('bucket watch ended');
  })().catch(caughtUp.reject);
  await Promise.race([caughtUp.promise, sleep(CATCH_UP_MS, undefined, { ref: false })]);
  return {
    [Symbol.asyncDispose]: () => {
      watch.stop();
      return Promise.resolve();
    },
  };
}
