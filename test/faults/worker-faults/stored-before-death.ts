import type { Fault } from '../run/fault.ts';
import { spread } from '../run/pacing.ts';
import { allEnded } from '../run/all-ended.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import { countOf } from '../client/job-histories.ts';
import { killOnlyAt, type Arm } from './kill-at.ts';

const KILLS = 10;
const ACK_WAIT_MS = 3_000;
const SLOTS = 1;

/** The record is final by then. */
const MOMENTS: readonly Arm[] = [
  (wires, kill) => {
    wires.nats.tripOn('up', 'PUB events.completed.', kill);
  },
  (wires, kill) => {
    wires.nats.tripOn('up', '+ACK', kill);
  },
];

export const storedBeforeDeath: Fault = {
  id: 'F13',
  title: `a worker is killed when its result is stored and its job not acknowledged, ${KILLS} times`,
  load: `4 workers of ${SLOTS} slot, ack wait ${ACK_WAIT_MS / 1_000} s`,
  criterion: 'the next one finds the end and tells it; nothing is transcribed again',
  run: (run) =>
    underLoad(run, { site: { workers: 4, slots: SLOTS, ackWaitMs: ACK_WAIT_MS } }, killAfterResults),
};

async function killAfterResults(scene: Scene): Promise<Found> {
  const { histories, site } = scene;
  let kills = 0;
  await spread(scene, KILLS, async (n) => {
    const seat = site.workers[n % site.workers.length];
    const arm = MOMENTS[n % MOMENTS.length];
    if (seat && arm && (await killOnlyAt(seat, arm))) kills++;
    await seat?.service.up();
  });
  await allEnded(scene);
  const again = histories.jobIds().filter((jobId) => countOf(histories.of(jobId), 'started') > 1);
  return {
    notes: [`${kills} kills`],
    violations: [
      ...(kills > 0 ? [] : ['no worker was killed']),
      ...again.map((jobId) => `${jobId} was begun twice`),
    ],
  };
}
