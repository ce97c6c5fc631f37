import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../helpers/eventually.ts';
import type { Fault, FaultRun, Outcome } from '../run/fault.ts';
import { allEnded } from '../run/all-ended.ts';
import { spread } from '../run/pacing.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import { mountSmallDisk, whyNoDisk, type SmallDisk } from './small-disk.ts';

const DISK_BYTES = 256 * 2 ** 20;
const FULL_MS = 20_000;
const NOT_READY_WITHIN_MS = 10_000;

export const fullNatsDisk: Fault = {
  id: 'F14',
  title: `the disk of NATS is full for ${FULL_MS / 1_000} s (tmpfs); then there is room, and NATS is started again`,
  load: '1 node, 3 workers of 4 slots',
  criterion: `not ready within ${NOT_READY_WITHIN_MS / 1_000} s, uploads get 503; every accepted job is done afterwards`,
  skip: whyNoDisk,
  run: onSmallDisk,
};

async function onSmallDisk(run: FaultRun): Promise<Outcome> {
  await using disk = await mountSmallDisk(DISK_BYTES);
  const nats = { storeOf: () => disk.path };
  return await underLoad(run, { site: { workers: 3, nats }, mayBreak: false }, (scene) =>
    fillDisk(scene, disk),
  );
}

async function fillDisk(scene: Scene, disk: SmallDisk): Promise<Found> {
  const { site } = scene;
  const url = site.ingests[0]?.url ?? '';
  let notReadyMs = Infinity;
  await spread(scene, 2, async (n) => {
    if (n === 0) return; // so that there is something on it
    const filledMs = performance.now();
    await disk.fill(0);
    const isReady = async (): Promise<boolean> => (await fetch(`${url}/readyz`)).ok;
    await eventually(async () => !(await isReady()), { timeoutMs: FULL_MS }).catch(() => undefined);
    if (!(await isReady())) notReadyMs = performance.now() - filledMs;
    await sleep(Math.max(0, FULL_MS - (performance.now() - filledMs)));
    await disk.clear();
    const [node] = site.nats.nodes;
    await node?.signal('SIGKILL');
    await node?.start();
  });
  await allEnded(scene);
  return {
    notes: [`not ready after ${(notReadyMs / 1_000).toFixed(1)} s`],
    violations: notReadyMs > NOT_READY_WITHIN_MS ? [`was ready for ${notReadyMs} ms`] : [],
  };
}
