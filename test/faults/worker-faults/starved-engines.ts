import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { numberedAudio, type NumberedAudio } from '../client/numbered-audio.ts';
import type { Fault, FaultRun, Outcome } from '../run/fault.ts';
import { underLoad, usualPace, type Found, type Scene } from '../run/under-load.ts';
import { childrenOf } from './children-of.ts';
import { executions } from './executions.ts';
import { openMemoryGroup, whyNoMemoryGroup, type MemoryGroup } from './memory-group.ts';

const MIB = 2 ** 20;
/** Of a worker and its engines together. */
const LIMIT_BYTES = 768 * MIB;
const HUNGER_BYTES = 1_024 * MIB;
const HUNGRY_ONE_OF = 10;

export const starvedEngines: Fault = {
  id: 'F33B',
  title: `one job of ${HUNGRY_ONE_OF} needs more memory than its worker’s control group has (${LIMIT_BYTES / MIB} MiB): the kernel kills its engine`,
  load: '2 workers of 4 slots, each in a group of its own',
  criterion: 'the worker lives; the job is tried again, and done where it needs no more than there is',
  skip: whyNoMemoryGroup,
  run: inMemoryGroups,
};

async function inMemoryGroups(run: FaultRun): Promise<Outcome> {
  const markers = await mkdtemp(join(tmpdir(), 'whisper-hungry-'));
  await using first = await openMemoryGroup('first', LIMIT_BYTES);
  await using second = await openMemoryGroup('second', LIMIT_BYTES);
  try {
    return await underLoad(run, { audioOf: (n) => audioOf(n, markers) }, (scene) =>
      starve(scene, [first, second]),
    );
  } finally {
    await rm(markers, { recursive: true });
  }
}

const isHungry = (n: number): boolean => n % HUNGRY_ONE_OF === HUNGRY_ONE_OF - 1;

function audioOf(n: number, markers: string): NumberedAudio {
  const eatsOnce = { bytes: HUNGER_BYTES, marker: join(markers, String(n)) };
  return numberedAudio(n, { ...usualPace(n), ...(isHungry(n) && { eatsOnce }) });
}

async function starve(scene: Scene, groups: readonly MemoryGroup[]): Promise<Found> {
  const { client, site } = scene;
  for (const [n, { service }] of site.workers.entries()) {
    for (const pid of [service.pid(), ...(await childrenOf(service.pid()))]) await groups[n]?.add(pid);
  }
  const executed = await executions(scene);
  const counts = await Promise.all(groups.map((group) => group.kills()));
  const kills = counts.reduce((sum, count) => sum + count, 0);
  const hungry = client.accepted().filter(({ number }) => number >= 0 && isHungry(number)).length;
  return {
    notes: [`${kills} engines killed by the kernel`, executed],
    violations: kills < hungry ? [`${hungry} jobs were hungry, ${kills} engines were killed`] : [],
  };
}
