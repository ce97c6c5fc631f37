import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isExecutable } from './find-on-path.ts';

const TEMPORARY_PREFIX = '.getting-';
/** No way to get a server takes as long: older folders are of processes that were killed. */
const ABANDONED_AFTER_MS = 6 * 3600 * 1000;

export interface CachedProgram {
  readonly name: string;
  readonly version: string;
  /** Where the program lies in its folder, when not at the top. */
  readonly programPath?: string | undefined;
}

/**
 * Fills a folder of our own, then renames it to `<cache>/servers/<name>-<version>`: two processes that
 * fetch at once never see half a program, and the one that comes second uses what the first has put there.
 */
export async function installIntoCache(
  program: CachedProgram,
  options: { readonly cacheDirectory: string },
  fill: (directory: string) => Promise<void>,
): Promise<string> {
  const servers = join(options.cacheDirectory, 'servers');
  await mkdir(servers, { recursive: true });
  const target = join(servers, `${program.name}-${program.version}`);
  const path = join(target, program.programPath ?? program.name);
  await removeAbandoned(servers);
  const temporary = await mkdtemp(join(servers, `${TEMPORARY_PREFIX}${program.name}-`));
  try {
    await fill(temporary);
    await moveInto(temporary, target, path);
    return path;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function moveInto(temporary: string, target: string, path: string): Promise<void> {
  // What lies there without a usable program is a leftover that blocks the rename.
  if (!isExecutable(path)) await rm(target, { recursive: true, force: true });
  try {
    await rename(temporary, target);
  } catch (error) {
    if (!isExecutable(path)) throw error;
  }
}

async function removeAbandoned(servers: string): Promise<void> {
  const names = await readdir(servers);
  for (const path of names
    .filter((name) => name.startsWith(TEMPORARY_PREFIX))
    .map((name) => join(servers, name))) {
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs > ABANDONED_AFTER_MS) await rm(path, { recursive: true, force: true });
  }
}
