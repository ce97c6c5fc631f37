import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { askServer } from './ask-server.ts';
import type { SupervisedProcess } from './supervised-process.ts';

const POLL_INTERVAL_MS = 50;
const SHOWN_LOG_LINES = 3;

export interface HealthWait {
  readonly process: SupervisedProcess;
  readonly url: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** @throws with the last log lines when the process ends, crashes again and again, or is not healthy in time. */
export async function waitUntilHealthy(wait: HealthWait): Promise<void> {
  const deadline = Date.now() + wait.timeoutMs;
  while (!(await answersOk(wait.url))) {
    wait.signal?.throwIfAborted();
    if (wait.process.ended || wait.process.restarts > 1) throw await failure(wait.process, 'does not start');
    if (Date.now() > deadline) throw await failure(wait.process, `is not ready after ${wait.timeoutMs} ms`);
    await sleep(POLL_INTERVAL_MS);
  }
}

async function answersOk(url: string): Promise<boolean> {
  try {
    return (await askServer(url)).isOk;
  } catch {
    return false;
  }
}

export async function failure(process: SupervisedProcess, what: string): Promise<Error> {
  const log = await readFile(process.logFile, 'utf8').catch(() => '');
  const lastLines = log.trimEnd().split('\n').slice(-SHOWN_LOG_LINES).join('\n  ');
  return new Error(`${process.name} ${what}; its log is ${process.logFile}:\n  ${lastLines}`);
}
