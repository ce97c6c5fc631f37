import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readPidFile, removePidFile } from './pid-file.ts';
import { isAlive, type ProcessIdentity } from './process-identity.ts';
import { signalIfThere } from './signal-if-there.ts';

const POLL_INTERVAL_MS = 50;

/**
 * Ends what a run that was killed has left behind, and removes its pid files. A process id that
 * belongs to someone else by now is left alone. Returns the names of what was ended.
 */
export async function endStaleProcesses(runDirectory: string, graceMs: number): Promise<readonly string[]> {
  const files = await readdir(runDirectory).catch((): string[] => []);
  const pidFiles = files.filter((file) => file.endsWith('.pid'));
  const ended = await Promise.all(pidFiles.map((file) => endStale(join(runDirectory, file), graceMs)));
  return ended.filter((name) => name !== undefined);
}

async function endStale(pidFile: string, graceMs: number): Promise<string | undefined> {
  const stale = readPidFile(pidFile);
  const lives = stale !== undefined && isAlive(stale);
  if (lives) await endProcess(stale, graceMs);
  removePidFile(pidFile);
  return lives ? basename(pidFile, '.pid') : undefined;
}

async function endProcess(stale: ProcessIdentity, graceMs: number): Promise<void> {
  signalIfThere(stale.pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (isAlive(stale) && Date.now() < deadline) await sleep(POLL_INTERVAL_MS);
  // Each of our processes leads its own group; its helpers may have outlived it.
  signalIfThere(-stale.pid, 'SIGKILL');
  while (isAlive(stale)) await sleep(POLL_INTERVAL_MS);
}
