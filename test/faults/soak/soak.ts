import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../helpers/malformed-form.ts';
import { measureResources, type Resources } from '../client/measure-resources.ts';
import type { Outcome } from '../run/fault.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import { servicesOf, type Site } from '../site/site.ts';
import { CHANCE_FAULTS } from './chance-faults.ts';
import { mixedAudio } from './mixed-audio.ts';

const MINUTE_MS = 60_000;
const MIB = 2 ** 20;

export interface Soak {
  readonly minutes: number;
  readonly jobsPerSecond: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

/** Mixed load on three NATS nodes for so many minutes, and each minute a fault by chance: the same for the same seed. */
export async function soak({ jobsPerSecond, minutes, say, seed }: Soak): Promise<Outcome> {
  const random = seededRandom(seed);
  const pick = <T>(from: readonly T[]): T => {
    const picked = from[Math.floor(random() * from.length)];
    if (picked === undefined) throw new Error('there is nothing to choose from');
    return picked;
  };
  const strikeEachMinute = async (scene: Scene): Promise<Found> => {
    const { site } = scene;
    for (let minute = 1; scene.isLoaded(); minute++) {
      const startedMs = performance.now();
      const fault = pick(CHANCE_FAULTS);
      say(`minute ${minute}: ${fault.name}; ${heldBy(site, await measureResources(site))}`);
      await fault.strike(site, pick);
      await sleep(Math.max(0, MINUTE_MS - (performance.now() - startedMs)));
    }
    return { notes: [`seed ${seed}`, heldBy(site, await measureResources(site))] };
  };
  return await underLoad(
    { jobs: Math.ceil(minutes * 60 * jobsPerSecond), jobsPerSecond },
    {
      site: { nodes: 3, ingests: 2, schedulers: 2, workers: 3 },
      audioOf: mixedAudio,
      settleMs: 20_000,
    },
    strikeEachMinute,
  );
}

/** Memory and descriptors of each service, in few words. */
function heldBy(site: Site, resources: ReadonlyMap<number, Resources>): string {
  return servicesOf(site)
    .map((service) => {
      const held = resources.get(service.pid());
      return held
        ? `${service.name} ${(held.bytes / MIB).toFixed(0)} MiB ${held.descriptors} fd`
        : service.name;
    })
    .join(', ');
}
