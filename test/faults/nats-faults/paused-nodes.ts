import type { Fault } from '../run/fault.ts';
import { during, spread } from '../run/pacing.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import { ACCEPTING_WITHIN_MS, acceptingAgain } from './accepting-again.ts';
import { followerOf, leaderOf } from './stream-leader.ts';

const STOPPED_MS = 10_000;

export const pausedNatsNodes: Fault = {
  id: 'F07',
  title: `the NATS node that leads is stopped for ${STOPPED_MS / 1_000} s (SIGSTOP), then one that follows`,
  load: '3 nodes, every stream three times',
  criterion: `accepting again within ${ACCEPTING_WITHIN_MS / 1_000} s; no request hangs`,
  run: (run) => underLoad(run, { site: { nodes: 3 }, mayBreak: false }, pauseNodes),
};

async function pauseNodes(scene: Scene): Promise<Found> {
  const { site } = scene;
  await using bus = await site.connect();
  await spread(scene, 2, async (n) => {
    const node = await (n === 0 ? leaderOf(site, bus) : followerOf(site, bus));
    await during(
      STOPPED_MS,
      () => node.signal('SIGSTOP'),
      () => node.signal('SIGCONT'),
    );
  });
  return await acceptingAgain(scene, []);
}
