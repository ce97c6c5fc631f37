import { setTimeout as sleep } from 'node:timers/promises';

/** @returns true when the time is over, false when the signal came first */
export async function pause(ms: number, stop: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal: stop });
    return true;
  } catch {
    return false; // only an abort rejects
  }
}
