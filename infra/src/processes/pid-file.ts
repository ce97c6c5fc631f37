import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { identify, type ProcessIdentity } from './process-identity.ts';

/** One line: process id, blank, start time. Written without a wait, so that no process runs unrecorded. */
export function writePidFile(path: string, pid: number): void {
  const identity = identify(pid);
  if (identity) writeFileSync(path, formatIdentity(identity));
}

export function formatIdentity({ pid, startTime }: ProcessIdentity): string {
  return `${pid} ${startTime}\n`;
}

/** Undefined when the file is missing or not ours. */
export function readPidFile(path: string): ProcessIdentity | undefined {
  try {
    const [, pid, startTime] = /^(\d+) (.+)\n$/.exec(readFileSync(path, 'utf8')) ?? [];
    return pid === undefined || startTime === undefined ? undefined : { pid: Number(pid), startTime };
  } catch {
    return undefined;
  }
}

export function removePidFile(path: string): void {
  rmSync(path, { force: true });
}
