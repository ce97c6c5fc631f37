import { setTimeout as sleep } from 'node:timers/promises';
import { jobEvent, jobEventFilter } from '@whisper/shared/contracts/job-event';
import { eventually } from '../../helpers/eventually.ts';
import { quantile } from '../measure.ts';
import { startFleet } from './paced-fleet.ts';
import { openStage } from './stage.ts';

const WARM_UP = 80;
const MEASURED = 400;
const SLOTS = 8;
/** A little more than the fleet can do, so that a queue grows and waits differ. */
const LOAD = 1.05;
const MEAN_MS = 550;

/** (d) What the queued event foretold against what came, under a steady mix of models and lengths. */
export async function expectedTimes(): Promise<string> {
  await using stage = await openStage();
  const told = new Map<string, { readonly atMs: number; readonly etaSeconds: number }>();
  const subscription = stage.bus.connection.subscribe(jobEventFilter('queued'), {
    callback: (_error, message) => {
      const { data } = jobEvent.decode(message.data);
      if ('etaSeconds' in data)
        told.set(data.jobId, { atMs: performance.now(), etaSeconds: data.etaSeconds ?? NaN });
    },
  });
  const fleet = await startFleet({
    ...{
      bus: await stage.connect(),
      lane: 'cpu',
      workers: 4,
      slotsEach: SLOTS / 4,
      models: ['tiny', 'small'],
    },
    msOf: ({ audio, model }) => (model === 'tiny' ? 1 : 2) * audio.sizeBytes,
  });
  for (let n = 0; n < WARM_UP + MEASURED; n++) {
    const model = n % 3 === 2 ? 'small' : 'tiny';
    // Lengths from 100 ms to 725 ms; small ones take twice that.
    await stage.submit({ jobId: `job-${n}`, model }, 100 + ((n * 7_919) % 626));
    await sleep(-Math.log(1 - Math.random()) * (MEAN_MS / SLOTS / LOAD));
  }
  await eventually(() => fleet.runs.length === WARM_UP + MEASURED, { timeoutMs: 120_000 });
  await fleet.stop();
  subscription.unsubscribe();
  const errors = fleet.runs
    .filter(({ job }) => Number(job.jobId.slice(4)) >= WARM_UP)
    .flatMap(({ job, endedMs }) => {
      const { atMs, etaSeconds } = told.get(job.jobId) ?? { atMs: 0, etaSeconds: NaN };
      const seconds = (endedMs - atMs) / 1_000;
      return Number.isFinite(etaSeconds) ? [Math.abs(etaSeconds - seconds) / seconds] : [];
    });
  const text = (q: number): string => `${(100 * quantile(errors, q)).toFixed(0)} %`;
  return `ETA error of ${errors.length} jobs: median ${text(0.5)} (at most 25 %), p90 ${text(0.9)}`;
}
