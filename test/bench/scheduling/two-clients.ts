import { setTimeout as sleep } from 'node:timers/promises';
import { TENANT_WEIGHTS_KEY } from '@whisper/shared/contracts/settings';
import { watchSettings } from '@whisper/shared/storage/settings';
import { silent } from '../../helpers/start-servers.ts';
import { inParallel } from '../measure.ts';
import { startFleet } from './paced-fleet.ts';
import { openStage } from './stage.ts';

const BIG_BACKLOG = 4_000;
const SMALL_BACKLOG = 40;
const JOB_MS = 100;
const WIDTH = 32;
const RUN_MS = 10_000;

/** (c) One client with a hundred times the other's backlog, with equal weights and with 3:1 for the small one. */
export async function twoClients(): Promise<string> {
  const equal = await share(1);
  const tripled = await share(3);
  return `backlogs 100:1; the small client's share with weights 1:1 ${equal} (50 %), with 3:1 ${tripled} (75 %)`;
}

async function share(weight: number): Promise<string> {
  await using stage = await openStage();
  await using settings = await watchSettings(stage.bus, silent);
  await settings.set(TENANT_WEIGHTS_KEY, { small: weight });
  await inParallel(BIG_BACKLOG, WIDTH, (n) => stage.submit({ jobId: `big-${n}`, tenant: 'big' }));
  const fleet = await startFleet({
    ...{ bus: await stage.connect(), lane: 'cpu', workers: 4, slotsEach: 2, models: ['tiny'] },
    msOf: () => JOB_MS,
  });
  const ended = (): number => fleet.runs.filter(({ job }) => job.tenant === 'small').length;
  let submitted = 0;
  const endMs = performance.now() + RUN_MS;
  while (performance.now() < endMs) {
    while (submitted - ended() < SMALL_BACKLOG) {
      await stage.submit({ jobId: `small-${submitted++}`, tenant: 'small' });
    }
    await sleep(20);
  }
  const got = ended() / fleet.runs.length;
  await fleet.stop();
  return `${(100 * got).toFixed(0)} %`;
}
