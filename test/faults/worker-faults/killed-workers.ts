import { ACK_WAIT_MS } from '@whisper/shared/contracts/topology';
import type { Fault } from '../run/fault.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import { spread } from '../run/pacing.ts';
import { afterDeath, type Death } from './after-death.ts';
import { killAt, type Arm } from './kill-at.ts';

const KILLS = 20;
const WORKERS = 3;
/** Over the ack wait. */
const RESUMED_WITHIN_MS = ACK_WAIT_MS + 2_000;

/** Each kills a worker when it is just at this step: what it then says to a server is seen on its line, and withheld. */
const MOMENTS: Readonly<Record<string, Arm>> = {
  'taking the job': (wires, kill) => {
    wires.nats.tripOn('up', 'PUB $KV.jobs.job.', kill); // the record that counts the attempt
  },
  download: (wires, kill) => {
    wires.s3.toxics.tripOn('up', 'GET /audio/audio/', kill);
  },
  'in the engine': (wires, kill) => {
    wires.nats.tripOn('up', 'PUB events.started.', kill);
  },
  'before its result': (wires, kill) => {
    wires.nats.tripOn('up', 'PUB $KV.results.', kill);
  },
  'after its result': (wires, kill) => {
    wires.nats.tripOn('up', 'PUB events.completed.', kill);
  },
  'before its ack': (wires, kill) => {
    wires.nats.tripOn('up', '+ACK', kill);
  },
};

export const killedWorkers: Fault = {
  id: 'F01',
  title: `a worker is killed, ${KILLS} times, at each step of a job in turn`,
  load: `${WORKERS} workers of 4 slots`,
  criterion: `its jobs run again within ${RESUMED_WITHIN_MS / 1_000} s; no more executions than jobs and what was in hand`,
  run: (run) => underLoad(run, { site: { workers: WORKERS } }, killOneAfterAnother),
};

async function killOneAfterAnother(scene: Scene): Promise<Found> {
  const { site } = scene;
  const deaths: Death[] = [];
  const moments = Object.values(MOMENTS);
  await spread(scene, KILLS, async (n) => {
    const seat = site.workers[n % WORKERS];
    const arm = moments[n % moments.length];
    if (!seat || !arm) return;
    deaths.push(await killAt(seat, arm));
    await seat.service.up();
  });
  return afterDeath(scene, deaths, RESUMED_WITHIN_MS);
}
