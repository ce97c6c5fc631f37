import { setTimeout as sleep } from 'node:timers/promises';

/** Looks again and again until `check` gives something true; its last error is the reason when it never does. */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 30_000, everyMs = 50 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  let reason: unknown;
  for (;;) {
    try {
      const value = await check();
      if (value) return value;
    } catch (error) {
      reason = error;
    }
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms`, { cause: reason });
    await sleep(everyMs);
  }
}
