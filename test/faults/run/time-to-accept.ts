import { setTimeout as sleep } from 'node:timers/promises';
import type { Scene } from './under-load.ts';

/** Milliseconds from now until the next 202; 0 when nobody submits any more. */
export async function timeToAccept({ client, isLoaded }: Scene): Promise<number> {
  const [startedMs, before] = [performance.now(), client.accepted().length];
  while (isLoaded() && client.accepted().length === before) await sleep(20);
  return performance.now() - startedMs;
}
