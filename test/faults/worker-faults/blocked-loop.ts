import { fileURLToPath } from 'node:url';
import type { Fault } from '../run/fault.ts';
import { spread } from '../run/pacing.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import { executions } from './executions.ts';

const TIMES = 4;
const ACK_WAIT_MS = 3_000;
const BLOCK = fileURLToPath(new URL('./block-loop.mjs', import.meta.url));

export const blockedLoop: Fault = {
  id: 'F32',
  title: `a worker’s event loop is blocked for 5 s, longer than the ack wait, ${TIMES} times`,
  load: `3 workers of 4 slots, ack wait ${ACK_WAIT_MS / 1_000} s`,
  criterion: 'jobs that were delivered again meanwhile end once and well',
  run: (run) =>
    underLoad(run, { site: { workers: 3, ackWaitMs: ACK_WAIT_MS, preload: [BLOCK] } }, blockLoops),
};

async function blockLoops(scene: Scene): Promise<Found> {
  const { site } = scene;
  const times = await spread(scene, TIMES, (n) => {
    site.workers[n % site.workers.length]?.service.signal('SIGPWR');
    return Promise.resolve();
  });
  return { notes: [`${times} times`, await executions(scene)] };
}
