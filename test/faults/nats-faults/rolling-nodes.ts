import type { Fault } from '../run/fault.ts';
import { untilSubmitted } from '../run/pacing.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import { ACCEPTING_WITHIN_MS, acceptingAgain } from './accepting-again.ts';

export const rollingNatsNodes: Fault = {
  id: 'F12',
  title: 'each NATS node in turn is restarted in lame duck mode (SIGUSR2)',
  load: '3 nodes, every stream three times',
  criterion: `accepting again within ${ACCEPTING_WITHIN_MS / 1_000} s of each`,
  run: (run) => underLoad(run, { site: { nodes: 3 }, mayBreak: false }, restartNodes),
};

async function restartNodes(scene: Scene): Promise<Found> {
  let restarted = 0;
  for (const node of scene.site.nats.nodes) {
    if (!scene.isLoaded()) break;
    await node.signal('SIGUSR2');
    await node.start();
    restarted++;
  }
  await untilSubmitted(scene);
  return acceptingAgain(scene, [`${restarted} nodes`]);
}
