import { deferred, type Deferred } from '@whisper/shared/kit/deferred';

/** What has come and was not looked at yet, for one reader. */
export interface Inbox<T> {
  readonly put: (item: T) => void;
  /** Empties it. */
  readonly taken: () => readonly T[];
  /**
   * @returns whether there is something, at once or within the time
   * @throws the signal's reason
   */
  readonly filled: (timeoutMs: number, signal: AbortSignal) => Promise<boolean>;
}

export function createInbox<T>(): Inbox<T> {
  const items: T[] = [];
  let waiting: Deferred<boolean> | undefined;
  return {
    put: (item) => {
      items.push(item);
      waiting?.resolve(true);
    },
    taken: () => items.splice(0),
    filled: async (timeoutMs, signal) => {
      signal.throwIfAborted();
      if (items.length > 0) return true;
      const mine = deferred<boolean>();
      waiting = mine;
      const timer = setTimeout(() => {
        mine.resolve(false);
      }, timeoutMs);
      const onAbort = (): void => {
        mine.reject(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        return await mine.promise;
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}
