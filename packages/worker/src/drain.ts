import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for what runs, up to the drain time; then `handBack` is called and what is left settles at once. */
export async function drain(
  running: ReadonlySet<Promise<void>>,
  drainMs: number,
  handBack: () => Promise<void>,
): Promise<void> {
  const timer = new AbortController();
  const late = sleep(drainMs, 'late' as const, { signal: timer.signal }).catch(() => 'done' as const);
  const outcome = await Promise.race([Promise.all(running).then(() => 'done' as const), late]);
  timer.abort();
  if (outcome === 'done') return;
  await handBack();
  await Promise.all(running);
}
