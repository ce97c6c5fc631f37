import type { Fault } from '../run/fault.ts';
import { during, spread } from '../run/pacing.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import { executions } from './executions.ts';

const TIMES = 4;
const ACK_WAIT_MS = 3_000;

export const zombie: Fault = {
  id: 'F02',
  title: `a worker is stopped (SIGSTOP) for three times the ack wait and wakes up, ${TIMES} times`,
  load: `3 workers of 4 slots, ack wait ${ACK_WAIT_MS / 1_000} s`,
  criterion: 'what it says late changes nothing',
  run: (run) => underLoad(run, { site: { workers: 3, ackWaitMs: ACK_WAIT_MS } }, stopAndWake),
};

async function stopAndWake(scene: Scene): Promise<Found> {
  const { site } = scene;
  const times = await spread(scene, TIMES, async (n) => {
    const worker = site.workers[n % site.workers.length]?.service;
    await during(
      3 * ACK_WAIT_MS,
      () => worker?.signal('SIGSTOP'),
      () => worker?.signal('SIGCONT'),
    );
  });
  return { notes: [`${times} times`, await executions(scene)] };
}
