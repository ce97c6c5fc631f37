import { mkdir, readdir, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A private folder for a process's temporary files, gone when it is disposed. */
export interface Spool extends AsyncDisposable {
  readonly directory: string;
}

/**
 * Makes `<dataDirectory>/spool/<name>-<pid>` and removes what processes that were killed left behind.
 * Processes of another machine must have a data directory of their own.
 */
export async function openSpool(dataDirectory: string, name: string): Promise<Spool> {
  const root = join(dataDirectory, 'spool');
  await mkdir(root, { recursive: true, mode: 0o700 });
  await sweepDead(root);
  const directory = join(root, `${name}-${process.pid}`);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { mode: 0o700 });
  return {
    directory,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

async function sweepDead(root: string): Promise<void> {
  for (const entry of await readdir(root)) {
    const pid = /-(\d+)$/.exec(entry)?.[1];
    if (pid && !existsSync(`/proc/${pid}`)) await rm(join(root, entry), { recursive: true, force: true });
  }
}
