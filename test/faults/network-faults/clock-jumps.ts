import { fileURLToPath } from 'node:url';
import type { Fault } from '../run/fault.ts';
import { spread } from '../run/pacing.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import { executions } from '../worker-faults/executions.ts';
import { servicesOf } from '../site/site.ts';

const CLOCK = fileURLToPath(new URL('../../helpers/jumping-clock.mjs', import.meta.url));
/** An hour ahead, then two back, then one ahead: right again. */
const JUMPS = ['SIGUSR2', 'SIGWINCH', 'SIGUSR2'] as const;

export const clockJumps: Fault = {
  id: 'F31',
  title: 'the clock of each service in turn jumps an hour ahead, two back, and an hour ahead',
  load: '1 ingest, 1 scheduler, 2 workers of 4 slots',
  criterion: 'nothing expires; who S3 refuses for its clock hands its jobs back',
  run: (run) => underLoad(run, { site: { preload: [CLOCK] }, mayBreak: false }, jump),
};

async function jump(scene: Scene): Promise<Found> {
  const services = servicesOf(scene.site);
  const jumps = await spread(scene, JUMPS.length * services.length, (n) => {
    services[Math.floor(n / JUMPS.length)]?.signal(JUMPS[n % JUMPS.length] ?? 'SIGUSR2');
    return Promise.resolve();
  });
  return { notes: [`${jumps} jumps`, await executions(scene)] };
}
