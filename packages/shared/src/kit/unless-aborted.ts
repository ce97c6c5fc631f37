import { deferred } from './deferred.ts';

/**
 * The work's outcome, unless the signal comes first: then nobody waits for it any more, and it goes on by itself.
 * @throws the signal's reason
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => undefined); // it may fail when nobody listens any more
  signal.throwIfAborted();
  const aborted = deferred<never>();
  const onAbort = (): void => {
    aborted.reject(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
