import type { Fault } from '../run/fault.ts';
import { untilSubmitted } from '../run/pacing.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';

const LIMIT = 50;
const BURST = 200;

export const fullQueue: Fault = {
  id: 'F15',
  title: `a burst of ${BURST} on a queue that holds ${LIMIT}`,
  load: '2 workers of 4 slots',
  criterion: 'the excess gets 503 with Retry-After, nothing else; what was accepted is done',
  run: (run) =>
    underLoad(
      { ...run, jobs: BURST, jobsPerSecond: BURST },
      { site: { queueLimit: LIMIT }, mayBreak: false },
      countRefusals,
    ),
};

async function countRefusals(scene: Scene): Promise<Found> {
  await untilSubmitted(scene);
  const refused = scene.client.met().refused.get('queue_full') ?? 0;
  return { violations: refused === 0 ? ['nothing was refused'] : [] };
}
