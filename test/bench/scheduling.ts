import { endlessBacklog } from './scheduling/endless-backlog.ts';
import { expectedTimes } from './scheduling/expected-times.ts';
import { fullGpuLane } from './scheduling/full-gpu-lane.ts';
import { lightInAFlood } from './scheduling/light-in-a-flood.ts';
import { idleCost, manySlots } from './scheduling/many-slots.ts';
import { realEngine } from './scheduling/real-engine.ts';
import { twoClients } from './scheduling/two-clients.ts';

/**
 * `npm run bench:scheduling [-- a d …]`: what the scheduler promises, on a real nats-server (`sync_interval: always`)
 * and a real scheduler, with workers that take work as the real ones do and sleep for the time that a job says.
 */
const SCENES = {
  a: lightInAFlood,
  b: endlessBacklog,
  c: twoClients,
  d: expectedTimes,
  e: () => manySlots(),
  e3: () => manySlots(3),
  f: idleCost,
  g: fullGpuLane,
  pico: realEngine,
};

const wanted = process.argv.slice(2);
for (const [name, scene] of Object.entries(SCENES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`(${name}) ${await scene()}\n`);
}
process.exit(0); // fleets that died leave timers behind
