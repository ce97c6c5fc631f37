import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../run/fault.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import { leaderOf } from './stream-leader.ts';

const KILLS = 3;
/** Down for this long each time, which is longer than an election. */
const DOWN_MS = 10_000;
/** P5: accepting again. */
export const ACCEPTING_WITHIN_MS = 10_000;

export const killedNatsLeader: Fault = {
  id: 'F06',
  title: `the NATS node that leads the intake is killed, ${KILLS} times, and started again`,
  load: '3 nodes, every stream three times',
  criterion: `accepting again within ${ACCEPTING_WITHIN_MS / 1_000} s; meanwhile 503 with Retry-After, no request hangs`,
  run: (run) => underLoad(run, { site: { nodes: 3 }, mayBreak: false }, killLeaders),
};

async function killLeaders(scene: Scene): Promise<Found> {
  const { run, site } = scene;
  await using bus = await site.connect();
  const pauseMs = Math.max(1_000, (1_000 * run.jobs) / run.jobsPerSecond / KILLS - DOWN_MS - 8_000);
  let kills = 0;
  while (kills < KILLS && scene.isLoaded()) {
    const leader = await leaderOf(site, bus);
    await leader.signal('SIGKILL');
    kills++;
    await sleep(DOWN_MS);
    await leader.start();
    await sleep(pauseMs);
  }
  return await acceptingAgain(scene, [`${kills} kills`]);
}

/** The longest time without a 202 is how long the fault kept clients out. */
export async function acceptingAgain({ client, isLoaded }: Scene, notes: readonly string[]): Promise<Found> {
  while (isLoaded()) await sleep(100);
  const { longestGapMs } = client.met();
  const tooLong = longestGapMs > ACCEPTING_WITHIN_MS;
  return {
    notes,
    recoverMs: longestGapMs,
    violations: tooLong ? [`nothing was accepted for ${longestGapMs} ms`] : [],
  };
}
