import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../helpers/eventually.ts';
import { quantile } from '../measure.ts';
import { startFleet, type Fleet } from './paced-fleet.ts';
import { openStage, type Stage } from './stage.ts';

const CLIPS = 40;
const EVERY_MS = 1_000;
const CLIP_MS = 300;
const HEAVY_MS = 3_000;
const HEAVY_JOBS = 200;

/** (a) A short clip each second, alone and while 200 heavy jobs wait. */
export async function lightInAFlood(): Promise<string> {
  await using stage = await openStage();
  const fleet = await startFleet({
    ...{ bus: await stage.connect(), lane: 'cpu', workers: 4, slotsEach: 2, models: ['tiny', 'large-v3'] },
    msOf: ({ model }) => (model === 'tiny' ? CLIP_MS : HEAVY_MS),
  });
  const alone = await clips(stage, fleet, 'alone');
  for (let n = 0; n < HEAVY_JOBS; n++) await stage.submit({ jobId: `heavy-${n}`, model: 'large-v3' });
  const flooded = await clips(stage, fleet, 'flood');
  const heavy = fleet.runs.filter(({ job }) => job.model === 'large-v3').length;
  await fleet.stop();
  const [p95Alone, p95Flooded] = [quantile(alone, 0.95), quantile(flooded, 0.95)];
  return (
    `p95 of a light clip alone ${p95Alone.toFixed(0)} ms, among ${HEAVY_JOBS} heavy jobs ${p95Flooded.toFixed(0)} ms: ` +
    `${(p95Flooded / p95Alone).toFixed(2)} × (at most 2); ${heavy} heavy ones ended meanwhile on 8 slots`
  );
}

async function clips(stage: Stage, fleet: Fleet, name: string): Promise<readonly number[]> {
  const submitted = new Map<string, number>();
  for (let n = 0; n < CLIPS; n++) {
    const jobId = `${name}-${n}`;
    submitted.set(jobId, await stage.submit({ jobId }));
    await sleep(EVERY_MS);
  }
  const done = (): typeof fleet.runs => fleet.runs.filter(({ job }) => submitted.has(job.jobId));
  await eventually(() => done().length === CLIPS, { timeoutMs: 60_000 });
  return done().map(({ job, endedMs }) => endedMs - (submitted.get(job.jobId) ?? 0));
}
