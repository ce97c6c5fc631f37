import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const HEARTBEAT_MS = 5_000;
/** A lock whose owner has not touched it for so long is taken over. */
const STALE_MS = 30_000;
const POLL_MS = 250;

/**
 * Runs `work` while this process alone holds the folder `path`, waiting its turn. Making a folder is atomic on every
 * file system; the owner touches it as a sign of life, so that a crash does not lock others out.
 * @throws what `work` throws, or the signal's reason while waiting.
 */
export async function withLock<T>(path: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  while (!(await tryLock(path))) {
    await removeStale(path);
    await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal });
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined); // gone only if it was taken over
  }, HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(path, { recursive: true, force: true });
  }
}

async function tryLock(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Renaming first lets only one of several waiters remove it. */
async function removeStale(path: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs < STALE_MS) return;
    const grave = `${path}.${randomUUID()}`;
    await rename(path, grave);
    await rm(grave, { recursive: true, force: true });
  } catch {
    // Another waiter was quicker, or the owner has finished.
  }
}
