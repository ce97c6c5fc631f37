import type { Fault } from '../run/fault.ts';
import { untilSubmitted } from '../run/pacing.ts';
import { allEnded } from '../run/all-ended.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import { servicesOf } from '../site/site.ts';
import { countExecutions } from '../worker-faults/executions.ts';

const ROUNDS = 2;

export const rollingRestarts: Fault = {
  id: 'F11',
  title: 'every service is restarted in turn (SIGTERM), twice',
  load: '2 ingests, 2 schedulers, 3 workers of 4 slots',
  criterion:
    'each ends with 0; no request fails, no connection is reset; nothing runs again but what was handed back',
  run: (run) =>
    underLoad(run, { site: { ingests: 2, schedulers: 2, workers: 3 }, mayBreak: false }, restartAll),
};

async function restartAll(scene: Scene): Promise<Found> {
  const services = servicesOf(scene.site);
  const badExits: string[] = [];
  let restarts = 0;
  for (let round = 0; round < ROUNDS; round++) {
    for (const service of services) {
      if (!scene.isLoaded()) break;
      const code = await service.restart();
      if (code !== 0) badExits.push(`${service.name} ended with ${code ?? 'a signal'}`);
      restarts++;
    }
  }
  await untilSubmitted(scene);
  await allEnded(scene);
  const handedBack = services
    .flatMap((service) => service.log())
    .filter((line) => line['verdict'] === 'handed back').length;
  const again = countExecutions(scene.histories) - scene.histories.jobIds().length;
  return {
    notes: [`${restarts} restarts, ${handedBack} jobs handed back`],
    violations: [...badExits, ...(again > handedBack ? [`${again - handedBack} jobs ran again`] : [])],
  };
}
