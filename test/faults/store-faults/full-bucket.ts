import { setTimeout as sleep } from 'node:timers/promises';
import { BUCKETS } from '@whisper/shared/contracts/topology';
import type { Fault } from '../run/fault.ts';
import { allEnded } from '../run/all-ended.ts';
import { spread } from '../run/pacing.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import { countOf } from '../client/job-histories.ts';

const STREAM = `KV_${BUCKETS.results.name}`;
const FULL_MS = 15_000;

export const fullBucket: Fault = {
  id: 'F27',
  title: `the bucket of results is full for ${FULL_MS / 1_000} s`,
  load: '3 workers of 4 slots',
  criterion: 'uploads get 503; jobs in hand are handed back without losing an attempt, and end well',
  run: (run) => underLoad(run, { site: { workers: 3 }, mayBreak: false }, fillBucket),
};

async function fillBucket(scene: Scene): Promise<Found> {
  const { histories, site } = scene;
  await using bus = await site.connect();
  const limit = (max_bytes: number): Promise<unknown> => bus.manager.streams.update(STREAM, { max_bytes });
  await spread(scene, 2, async (n) => {
    if (n === 0) return; // so that there is something in it
    const { state } = await bus.manager.streams.info(STREAM);
    await limit(state.bytes);
    await sleep(FULL_MS);
    await limit(BUCKETS.results.maxBytes);
  });
  await allEnded(scene);
  const again = histories.jobIds().filter((jobId) => countOf(histories.of(jobId), 'started') > 1).length;
  return { notes: [`${again} jobs were handed back`] };
}
