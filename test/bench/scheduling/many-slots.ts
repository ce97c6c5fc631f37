import { setTimeout as sleep } from 'node:timers/promises';
import { workConsumer, workStream } from '@whisper/shared/contracts/topology';
import { eventually } from '../../helpers/eventually.ts';
import { inParallel } from '../measure.ts';
import { startFleet } from './paced-fleet.ts';
import { cpuMs, openStage } from './stage.ts';

const WORKERS = 16;
const SLOTS_EACH = 4;
const SLOTS = WORKERS * SLOTS_EACH;
const JOBS = 3_000;
const JOB_MS = 5;
const WIDTH = 32;
const IDLE_MS = 20_000;
const SETTLE_MS = 3_000;

/** (e) 64 slots under load, on one server or a cluster of three. */
export async function manySlots(replicas: 1 | 3 = 1): Promise<string> {
  await using stage = await openStage({ replicas });
  await inParallel(JOBS, WIDTH, (n) => stage.submit({ jobId: `job-${n}` }));
  let mostUnacked = 0;
  const watching = new AbortController();
  const watched = (async () => {
    while (!watching.signal.aborted) {
      const info = await stage.bus.manager.consumers.info(workStream('cpu'), workConsumer('light'));
      mostUnacked = Math.max(mostUnacked, info.num_ack_pending);
      await sleep(50);
    }
  })();
  const pids = [stage.scheduler.process.pid ?? 0, ...stage.natsPids];
  const before = await Promise.all(pids.map(cpuMs));
  const startedMs = performance.now();
  const fleet = await startFleet({
    ...{ bus: await stage.connect(), lane: 'cpu', workers: WORKERS, slotsEach: SLOTS_EACH, models: ['tiny'] },
    msOf: () => JOB_MS,
  });
  await eventually(() => fleet.runs.length >= JOBS, { timeoutMs: 180_000 });
  const seconds = (performance.now() - startedMs) / 1_000;
  const after = await Promise.all(pids.map(cpuMs));
  const [schedulerMs = 0, ...serverMs] = after.map((ms, n) => (ms - (before[n] ?? 0)) / JOBS);
  await sleep(SETTLE_MS);
  watching.abort();
  await watched;
  await fleet.stop();
  const distinct = new Set(fleet.runs.map(({ job }) => job.jobId)).size;
  const again = fleet.runs.filter(({ delivery }) => delivery > 1).length;
  return (
    `${SLOTS} slots, ${JOBS} jobs of ${JOB_MS} ms: ${(JOBS / seconds).toFixed(0)} jobs/s; ` +
    `${fleet.runs.length - distinct} ran twice, ${fleet.runs.length + again} deliveries, ` +
    `at most ${mostUnacked} unacked and ${fleet.most()} in hand; processor a job: scheduler ${schedulerMs.toFixed(2)} ms, ` +
    `servers ${serverMs.map((ms) => ms.toFixed(2)).join(' + ')} ms`
  );
}

/** (f) 64 slots with nothing to do, a worker each, which is the costliest way to have them. */
export async function idleCost(): Promise<string> {
  await using stage = await openStage();
  const fleet = await startFleet({
    ...{ bus: await stage.connect(), lane: 'cpu', workers: SLOTS, slotsEach: 1, models: ['tiny'] },
    msOf: () => JOB_MS,
  });
  await sleep(SETTLE_MS);
  const pids = [stage.natsPids[0] ?? 0, stage.scheduler.process.pid ?? 0];
  const before = await Promise.all(pids.map(cpuMs));
  await sleep(IDLE_MS);
  const after = await Promise.all(pids.map(cpuMs));
  await fleet.stop();
  const [server = 0, scheduler = 0] = after.map((ms, n) => (100 * (ms - (before[n] ?? 0))) / IDLE_MS);
  return `${SLOTS} idle slots in ${SLOTS} workers: server ${server.toFixed(1)} % of a core (at most 5 %), scheduler ${scheduler.toFixed(1)} %`;
}
