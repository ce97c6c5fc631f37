import type { Fault } from '../run/fault.ts';
import { spread } from '../run/pacing.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import { childrenOf } from './children-of.ts';
import { executions } from './executions.ts';

const KILLS = 20;

export const killedEngines: Fault = {
  id: 'F33',
  title: `an engine process is killed (SIGKILL), as the kernel does when memory is short, ${KILLS} times`,
  load: '3 workers of 4 slots',
  criterion: 'the worker lives, its job is tried again',
  run: (run) => underLoad(run, { site: { workers: 3 } }, killEngines),
};

async function killEngines(scene: Scene): Promise<Found> {
  const { site } = scene;
  const pids = site.workers.map(({ service }) => service.pid());
  let killed = 0;
  await spread(scene, KILLS, async (n) => {
    const engine = (await childrenOf(pids[n % pids.length] ?? 0)).at(0);
    if (engine === undefined) return;
    process.kill(engine, 'SIGKILL');
    killed++;
  });
  return { notes: [`${killed} kills`, await executions(scene)] };
}
