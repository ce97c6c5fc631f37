import type { Fault } from '../run/fault.ts';
import { spread } from '../run/pacing.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import { ACCEPTING_WITHIN_MS, acceptingAgain } from './accepting-again.ts';
import { leaderOf } from './stream-leader.ts';

export const lostNatsStore: Fault = {
  id: 'F09',
  title: 'the NATS node that leads is killed and comes back with an empty disk',
  load: '3 nodes, every stream three times',
  criterion: `it catches up; 0 lost; accepting again within ${ACCEPTING_WITHIN_MS / 1_000} s`,
  run: (run) => underLoad(run, { site: { nodes: 3 }, mayBreak: false }, loseStore),
};

async function loseStore(scene: Scene): Promise<Found> {
  const { site } = scene;
  await using bus = await site.connect();
  await spread(scene, 2, async (n) => {
    if (n === 0) return; // so that it has something to lose
    const node = await leaderOf(site, bus);
    await node.signal('SIGKILL');
    await node.forget();
    await node.start();
  });
  return await acceptingAgain(scene, []);
}
