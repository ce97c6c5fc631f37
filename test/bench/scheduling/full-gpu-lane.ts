import { setTimeout as sleep } from 'node:timers/promises';
import type { Lane } from '@whisper/shared/contracts/identifiers';
import type { Job } from '@whisper/shared/contracts/job';
import { workConsumer, workStream } from '@whisper/shared/contracts/topology';
import { eventually } from '../../helpers/eventually.ts';
import { quantile } from '../measure.ts';
import { startFleet, type Fleet } from './paced-fleet.ts';
import { openStage, type Stage } from './stage.ts';

const LIGHT_JOBS = 80;
const LIGHT_EVERY_MS = 250;
const HEAVY_JOBS = 30;
const GPU_MS: Readonly<Record<string, number>> = { tiny: 400, 'large-v3': 2_000 };
const CPU_MS: Readonly<Record<string, number>> = { tiny: 800, 'large-v3': 20_000 };
const MODELS = Object.keys(GPU_MS);
const MOVED_WITHIN_MS = 10_000;

/** (g) A GPU lane at its capacity, alone and beside CPUs; then its only worker is killed. */
export async function fullGpuLane(): Promise<string> {
  const alone = await lightDuring(false);
  const beside = await lightDuring(true);
  const moved = await timeToMove();
  return (
    `light p95 with the GPU lane full: alone ${alone.p95.toFixed(0)} ms, with CPUs beside it ${beside.p95.toFixed(0)} ms ` +
    `(${beside.onCpu} of ${LIGHT_JOBS} spilled); GPU worker killed: its queue moved after ` +
    `${(moved / 1_000).toFixed(1)} s (at most ${MOVED_WITHIN_MS / 1_000})`
  );
}

async function startLane(stage: Stage, lane: Lane, workers: number): Promise<Fleet> {
  const times = lane === 'gpu' ? GPU_MS : CPU_MS;
  return startFleet({
    ...{ bus: await stage.connect(), lane, workers, slotsEach: 2, models: MODELS },
    msOf: ({ model }: Job) => times[model] ?? 0,
  });
}

async function lightDuring(withCpu: boolean): Promise<{ readonly p95: number; readonly onCpu: number }> {
  await using stage = await openStage();
  const fleets = [await startLane(stage, 'gpu', 1), ...(withCpu ? [await startLane(stage, 'cpu', 3)] : [])];
  const runs = (): Fleet['runs'] =>
    fleets.flatMap((fleet) => fleet.runs).filter(({ job }) => job.model === 'tiny');
  for (let n = 0; n < HEAVY_JOBS; n++) await stage.submit({ jobId: `heavy-${n}`, model: 'large-v3' });
  const submitted = new Map<string, number>();
  for (let n = 0; n < LIGHT_JOBS; n++) {
    submitted.set(`light-${n}`, await stage.submit({ jobId: `light-${n}` }));
    await sleep(LIGHT_EVERY_MS);
  }
  await eventually(() => runs().length === LIGHT_JOBS, { timeoutMs: 180_000 });
  const latencies = runs().map(({ job, endedMs }) => endedMs - (submitted.get(job.jobId) ?? 0));
  const onCpu = runs().filter(({ lane }) => lane === 'cpu').length;
  for (const fleet of fleets) fleet.die(); // heavy ones may still run
  return { p95: quantile(latencies, 0.95), onCpu };
}

async function timeToMove(): Promise<number> {
  await using stage = await openStage();
  const gpu = await startLane(stage, 'gpu', 1);
  for (let n = 0; n < 20; n++) await stage.submit({ jobId: `heavy-${n}`, model: 'large-v3' });
  const cpu = await startLane(stage, 'cpu', 2);
  const waiting = async (): Promise<number> =>
    (await stage.bus.manager.consumers.info(workStream('gpu'), workConsumer('heavy'))).num_pending;
  await eventually(async () => (await waiting()) > 0);
  const diedMs = performance.now();
  gpu.die();
  await eventually(async () => (await waiting()) === 0, { timeoutMs: 30_000 });
  cpu.die();
  return performance.now() - diedMs;
}
