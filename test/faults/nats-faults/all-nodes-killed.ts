import type { Fault } from '../run/fault.ts';
import { during, spread } from '../run/pacing.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import { acceptingAgain } from './accepting-again.ts';

const DOWN_MS = 5_000;
/** From their start on, as for the loss of one. */
const ACCEPTING_WITHIN_MS = DOWN_MS + 15_000;

export const allNatsNodesKilled: Fault = {
  id: 'F08',
  title: `all NATS nodes are killed at once and started again after ${DOWN_MS / 1_000} s`,
  load: '3 nodes, every stream three times',
  criterion: `0 lost; all services are back by themselves; accepting within ${ACCEPTING_WITHIN_MS / 1_000} s of the kill`,
  run: (run) => underLoad(run, { site: { nodes: 3 }, mayBreak: false }, killAll),
};

async function killAll(scene: Scene): Promise<Found> {
  const { nodes } = scene.site.nats;
  await spread(scene, 2, async (n) => {
    if (n === 0) return; // under load, not at its start
    await during(
      DOWN_MS,
      () => Promise.all(nodes.map((node) => node.signal('SIGKILL'))),
      () => Promise.all(nodes.map((node) => node.start())),
    );
  });
  return acceptingAgain(scene, [], ACCEPTING_WITHIN_MS);
}
