import { link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatIdentity, readPidFile, removePidFile } from '../processes/pid-file.ts';
import { identify, isAlive } from '../processes/process-identity.ts';
import type { StartContext } from './start-context.ts';

/**
 * Makes sure that only one system runs on a data folder.
 * @throws when another one does
 */
export async function takeLock({ settings, shutdown }: StartContext): Promise<void> {
  const directory = join(settings.DATA_DIR, 'run');
  await mkdir(directory, { recursive: true });
  const path = join(directory, 'start.lock');
  while (!(await tryTake(path))) {
    const holder = readPidFile(path);
    if (holder && isAlive(holder)) throw new Error(alreadyRunning(settings.DATA_DIR, holder.pid));
    await removeDead(path);
  }
  shutdown.add('lock', {
    name: 'lock',
    stop: async () => rm(path, { force: true }),
    kill: () => {
      removePidFile(path);
    },
  });
}

function alreadyRunning(dataDirectory: string, pid: number): string {
  return `It runs already on ${dataDirectory} (process ${pid}). Stop that one first, or set DATA_DIR and PORT.`;
}

/** A link appears at once with its content, and only when the name is free. */
async function tryTake(path: string): Promise<boolean> {
  const own = identify(process.pid);
  if (!own) throw new Error('this process cannot find its own start time');
  const draft = `${path}.${own.pid}`;
  await writeFile(draft, formatIdentity(own));
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Between our look and our move another start may have taken the lock: then it gets it back. */
async function removeDead(path: string): Promise<void> {
  const aside = `${path}.dead-${process.pid}`;
  await rename(path, aside).catch(() => undefined);
  const moved = readPidFile(aside);
  if (moved && isAlive(moved)) await link(aside, path);
  await rm(aside, { force: true });
}
