import { DEAD_STREAM } from '@whisper/shared/contracts/topology';
import { quantile } from '../../bench/measure.ts';
import type { JobHistories } from '../client/job-histories.ts';
import type { Accepted } from '../client/ledger.ts';
import { numberedAudio, type NumberedAudio } from '../client/numbered-audio.ts';
import { allEnded } from '../run/all-ended.ts';
import type { Fault } from '../run/fault.ts';
import { underLoad, usualAudio, type Found, type Scene } from '../run/under-load.ts';

/** From the middle of the run on, one job of so many crashes its engine each time. */
const ONE_OF = 20;
/** Of the healthy jobs’ 95th percentile; and what a machine at work may add by itself. */
const SLOWER = 1.1;
const NOISE_MS = 250;

export const poison: Fault = {
  id: 'F20',
  title: `in the second half, 1 of ${ONE_OF} jobs crashes its engine at each attempt`,
  load: '3 workers of 4 slots',
  criterion: 'those end failed and in DEAD after 3 attempts; the p95 of the others stays within 10 %',
  run: (run) =>
    underLoad(run, { site: { workers: 3 }, audioOf: (n) => audioOf(n, run.jobs / 2) }, compareHalves),
};

const isPoison = (n: number, from: number): boolean => n >= from && n % ONE_OF === 0;

function audioOf(n: number, from: number): NumberedAudio {
  return isPoison(n, from)
    ? numberedAudio(n, { delayMs: 100, fault: 'late' }, 'engine_failed')
    : usualAudio(n);
}

async function compareHalves(scene: Scene): Promise<Found> {
  await allEnded(scene);
  const { client, histories, run, site } = scene;
  const middle = run.jobs / 2;
  const healthy = client.accepted().filter(({ number }) => number >= 0 && !isPoison(number, middle));
  const p95 = (entries: readonly Accepted[]): number =>
    quantile(
      entries.map((entry) => millisecondsOf(histories, entry)),
      0.95,
    );
  const before = p95(healthy.filter(({ number }) => number < middle));
  const beside = p95(healthy.filter(({ number }) => number >= middle));
  await using bus = await site.connect();
  const { state } = await bus.manager.streams.info(DEAD_STREAM);
  const poisoned = client.accepted().filter(({ number }) => isPoison(number, middle)).length;
  return {
    notes: [`p95 of healthy jobs ${Math.round(before)} ms, beside poison ${Math.round(beside)} ms`],
    violations: [
      ...(beside > before * SLOWER + NOISE_MS ? [`healthy jobs took ${Math.round(beside)} ms`] : []),
      ...(state.messages === poisoned ? [] : [`DEAD holds ${state.messages} letters of ${poisoned}`]),
    ],
  };
}

/** From its 202 to its end. */
function millisecondsOf(histories: JobHistories, { jobId, atMs }: Accepted): number {
  const end = histories.of(jobId).find(({ kind }) => kind === 'completed');
  return end ? end.atMs - atMs : Infinity;
}
