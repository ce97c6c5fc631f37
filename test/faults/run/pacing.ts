import { setTimeout as sleep } from 'node:timers/promises';
import type { Scene } from './under-load.ts';

/** Does something `times` times, spread over the time in which jobs are submitted; stops when none come any more. */
export async function spread(
  { isLoaded, run }: Scene,
  times: number,
  act: (n: number) => Promise<unknown>,
): Promise<number> {
  const everyMs = (1_000 * run.jobs) / run.jobsPerSecond / times;
  const startedMs = performance.now();
  for (let n = 0; n < times; n++) {
    if (!isLoaded()) return n;
    await act(n);
    await sleep(Math.max(0, (n + 1) * everyMs - (performance.now() - startedMs)));
  }
  return times;
}

/** Runs `act` now, and undoes it after a while. */
export async function during(ms: number, act: () => unknown, undo: () => unknown): Promise<void> {
  await act();
  await sleep(ms);
  await undo();
}

export async function untilSubmitted({ isLoaded }: Pick<Scene, 'isLoaded'>): Promise<void> {
  while (isLoaded()) await sleep(100);
}
