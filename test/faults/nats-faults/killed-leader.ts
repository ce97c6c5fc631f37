import type { Fault } from '../run/fault.ts';
import { during, spread } from '../run/pacing.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import { ACCEPTING_WITHIN_MS, acceptingAgain } from './accepting-again.ts';
import { leaderOf } from './stream-leader.ts';

const KILLS = 3;
/** Longer than an election. */
const DOWN_MS = 10_000;

export const killedNatsLeader: Fault = {
  id: 'F06',
  title: `the NATS node that leads the intake is killed, ${KILLS} times, and started again`,
  load: '3 nodes, every stream three times',
  criterion: `accepting again within ${ACCEPTING_WITHIN_MS / 1_000} s; meanwhile 503 with Retry-After, no request hangs`,
  run: (run) => underLoad(run, { site: { nodes: 3 }, mayBreak: false }, killLeaders),
};

async function killLeaders(scene: Scene): Promise<Found> {
  const { site } = scene;
  await using bus = await site.connect();
  const kills = await spread(scene, KILLS, async () => {
    const leader = await leaderOf(site, bus);
    await during(
      DOWN_MS,
      () => leader.signal('SIGKILL'),
      () => leader.start(),
    );
  });
  return await acceptingAgain(scene, [`${kills} kills`]);
}
