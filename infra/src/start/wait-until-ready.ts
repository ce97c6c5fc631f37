import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { askServer } from '../processes/ask-server.ts';
import type { SupervisedProcess } from '../processes/supervised-process.ts';
import { failure, waitUntilHealthy } from '../processes/wait-until-healthy.ts';
import { reportEvery } from '../servers/report-every.ts';
import type { StartContext } from './start-context.ts';

const READY_TIMEOUT_MS = 120_000;
const POLL_INTERVAL_MS = 100;
const REPORT_INTERVAL_MS = 5000;
const ALLOWED_RESTARTS = 1;

const readySchema = z.object({ workers: z.int() });

/** Waits for the HTTP face and for the first worker. */
export async function waitUntilReady(
  baseUrl: string,
  services: readonly SupervisedProcess[],
  { say, shutdown: { signal } }: StartContext,
): Promise<void> {
  const report = (seconds: number): void => {
    say(`  waiting for the services: ${seconds} s`);
  };
  await reportEvery(REPORT_INTERVAL_MS, report, async () => {
    for (const process of services.filter(({ name }) => name === 'ingest'))
      await waitUntilHealthy({ process, url: `${baseUrl}/readyz`, timeoutMs: READY_TIMEOUT_MS, signal });
    await waitForWorker(baseUrl, services, signal);
  });
}

async function waitForWorker(
  baseUrl: string,
  services: readonly SupervisedProcess[],
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (!(await hasWorker(baseUrl))) {
    signal.throwIfAborted();
    const broken = services.find(({ restarts }) => restarts > ALLOWED_RESTARTS);
    if (broken) throw await failure(broken, 'does not stay up');
    const late = services.find(({ name }) => name === 'cpu-worker');
    if (late && Date.now() > deadline) throw await failure(late, 'does not report for work');
    await sleep(POLL_INTERVAL_MS);
  }
}

async function hasWorker(baseUrl: string): Promise<boolean> {
  try {
    const { body } = await askServer(`${baseUrl}/readyz`);
    return readySchema.parse(JSON.parse(body)).workers > 0;
  } catch {
    return false;
  }
}
