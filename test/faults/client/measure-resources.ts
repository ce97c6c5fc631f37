import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { residentBytes } from '@whisper/worker/running/resident-bytes';
import { eventually } from '../../helpers/eventually.ts';
import { servicesOf, type Site } from '../site/site.ts';

/** Grown by more than a tenth, and by more than what a process may need for having met trouble once. */
const GROWTH = 1.1;
const SLACK = { bytes: 24 * 2 ** 20, descriptors: 6 };
/** A collection and the kernel's giving back of its pages. */
const COLLECTED_MS = 500;
/** Longer than an idle connection is kept. */
const IDLE_CLOSED_MS = 30_000;

export interface Resources {
  readonly bytes: number;
  readonly descriptors: number;
}

/** What each service holds now, after a collection of its garbage; by its process. */
export async function measureResources(site: Site): Promise<ReadonlyMap<number, Resources>> {
  const services = servicesOf(site).filter((service) => service.isUp());
  for (const service of services) service.signal('SIGURG');
  await sleep(COLLECTED_MS);
  const measured = services.map(async (service): Promise<[number, Resources]> => {
    const pid = service.pid();
    const descriptors = (await readdir(`/proc/${pid}/fd`)).length;
    return [pid, { bytes: await residentBytes(pid), descriptors }];
  });
  return new Map(await Promise.all(measured));
}

/** Processes that lived all the while and hold more than before, and go on holding it: one line each. */
export async function findLastingGrowth(
  site: Site,
  before: ReadonlyMap<number, Resources>,
): Promise<readonly string[]> {
  const look = async (): Promise<readonly string[]> => findGrowth(site, before, await measureResources(site));
  const isGone = async (): Promise<boolean> => (await look()).length === 0;
  return eventually(isGone, { timeoutMs: IDLE_CLOSED_MS, everyMs: 2_000 }).then(() => [], look);
}

function findGrowth(
  site: Site,
  before: ReadonlyMap<number, Resources>,
  after: ReadonlyMap<number, Resources>,
): readonly string[] {
  return servicesOf(site).flatMap((service) => {
    const [was, is] = [before.get(service.pid()), after.get(service.pid())];
    if (!was || !is) return [];
    return (['bytes', 'descriptors'] as const)
      .filter((what) => is[what] > Math.max(was[what] * GROWTH, was[what] + SLACK[what]))
      .map((what) => `${service.name} holds ${is[what]} ${what}, before it ${was[what]}`);
  });
}
