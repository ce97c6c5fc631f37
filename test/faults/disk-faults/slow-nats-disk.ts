import { join } from 'node:path';
import { quantile } from '../../bench/measure.ts';
import { allEnded } from '../run/all-ended.ts';
import type { Fault, FaultRun, Outcome } from '../run/fault.ts';
import { during, spread } from '../run/pacing.ts';
import { timeToAccept } from '../run/time-to-accept.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import { executions } from '../worker-faults/executions.ts';
import { mountSlowDisk, whyNoSlowDisk, type SlowDisk } from './slow-disk.ts';

const DISK_BYTES = 4 * 2 ** 30;
const WRITES_PER_SECOND = 20;
const SLOW_MS = 30_000;
const ACCEPTING_WITHIN_MS = 15_000;

export const slowDisk: Fault = {
  id: 'F17',
  title: `the disk of NATS and of uploads does ${WRITES_PER_SECOND} writes a second for ${SLOW_MS / 1_000} s (blkio, ext4 on a loop device)`,
  load: '1 node, 1 ingest, 3 workers of 4 slots',
  criterion: `nothing that timed out counts as lost, no request hangs; accepting again within ${ACCEPTING_WITHIN_MS / 1_000} s of its end`,
  skip: whyNoSlowDisk,
  run: onSlowDisk,
};

async function onSlowDisk(run: FaultRun): Promise<Outcome> {
  await using disk = await mountSlowDisk(DISK_BYTES);
  const site = {
    workers: 3,
    nats: { storeOf: () => join(disk.path, 'nats') },
    ingestEnv: { DATA_DIR: disk.path },
  };
  return await underLoad(run, { site, mayBreak: false }, (scene) => slowDown(scene, disk));
}

async function slowDown(scene: Scene, disk: SlowDisk): Promise<Found> {
  let recoverMs = Infinity;
  let slow: readonly number[] = [];
  await spread(scene, 2, async (n) => {
    if (n === 0) return; // a while at its usual pace
    const before = scene.client.met().acceptedMs.length;
    await during(
      SLOW_MS,
      () => disk.limitWrites(WRITES_PER_SECOND),
      () => disk.limitWrites(0),
    );
    recoverMs = await timeToAccept(scene);
    slow = scene.client.met().acceptedMs.slice(before);
  });
  await allEnded(scene);
  return {
    recoverMs,
    notes: [
      `${slow.length} accepted meanwhile, p99 of their requests ${(quantile(slow, 0.99) / 1_000).toFixed(1)} s`,
      await executions(scene),
    ],
    violations: recoverMs > ACCEPTING_WITHIN_MS ? [`nothing was accepted for ${recoverMs} ms more`] : [],
  };
}
