import { setTimeout as sleep } from 'node:timers/promises';
import {
  MODEL_CLASSES,
  byClass,
  type ModelClass,
  type Priority,
} from '@whisper/shared/contracts/identifiers';
import { classOf } from '@whisper/shared/contracts/model-priority';
import { DEFAULT_CLASS_WEIGHTS } from '@whisper/shared/contracts/settings';
import { startFleet, type Run } from './paced-fleet.ts';
import { openStage, type Stage } from './stage.ts';

const MODELS: Readonly<Record<ModelClass, string>> = { light: 'tiny', medium: 'small', heavy: 'large-v3' };
const DEPTH = 40;
const JOB_MS = 150;
const RUN_MS = 40_000;
const MAX_WAIT_SECONDS = 10;

/** (b) Three classes that never run empty; now and then a low job among the light ones. */
export async function endlessBacklog(): Promise<string> {
  await using stage = await openStage({ env: { MAX_WAIT_SECONDS: String(MAX_WAIT_SECONDS) } });
  const submitted = new Map<string, number>();
  const fleet = await startFleet({
    ...{ bus: await stage.connect(), lane: 'cpu', workers: 4, slotsEach: 2, models: Object.values(MODELS) },
    msOf: () => JOB_MS,
  });
  await feed(stage, fleet.runs, submitted);
  await fleet.stop();
  const counts = byClass((each) => fleet.runs.filter(({ job }) => classOf(job.model, {}) === each).length);
  const total = MODEL_CLASSES.reduce((sum, each) => sum + counts[each], 0);
  const turns = MODEL_CLASSES.reduce((sum, each) => sum + DEFAULT_CLASS_WEIGHTS[each], 0);
  const shares = MODEL_CLASSES.map((each) => {
    const wanted = DEFAULT_CLASS_WEIGHTS[each] / turns;
    const got = counts[each] / total;
    return `${each} ${(100 * got).toFixed(1)} % of ${(100 * wanted).toFixed(1)} % (${percent(got / wanted - 1)})`;
  });
  const waits = (modelClass: ModelClass, priority: Priority): string => {
    const seconds = fleet.runs
      .filter(({ job }) => classOf(job.model, {}) === modelClass && job.priority === priority)
      .map(({ job, startedMs }) => (startedMs - (submitted.get(job.jobId) ?? Infinity)) / 1_000);
    return Math.max(0, ...seconds).toFixed(1);
  };
  const bound = (modelClass: ModelClass): string =>
    (MAX_WAIT_SECONDS + DEPTH / (counts[modelClass] / (RUN_MS / 1_000))).toFixed(1);
  const longest = MODEL_CLASSES.map((each) => `${each} ${waits(each, 'normal')} s of ${bound(each)} s`).join(
    ', ',
  );
  return (
    `${total} jobs: ${shares.join(', ')}; longest waits, and the bound of ${MAX_WAIT_SECONDS} s and the queue before it: ` +
    `${longest}; a low job among light ones ${waits('light', 'low')} s of ${bound('light')} s`
  );
}

/** Keeps the backlog of each class at its depth. */
async function feed(stage: Stage, runs: readonly Run[], submitted: Map<string, number>): Promise<void> {
  const counts = byClass(() => 0);
  const endMs = performance.now() + RUN_MS;
  while (performance.now() < endMs) {
    for (const each of MODEL_CLASSES) {
      const ended = runs.filter(({ job }) => job.model === MODELS[each]).length;
      while (counts[each] - ended < DEPTH) {
        const n = counts[each]++;
        const jobId = `${each}-${n}`;
        const priority = each === 'light' && n % 50 === 10 ? 'low' : 'normal';
        submitted.set(jobId, await stage.submit({ jobId, model: MODELS[each], priority }));
      }
    }
    await sleep(20);
  }
}

const percent = (value: number): string => `${value >= 0 ? '+' : ''}${(100 * value).toFixed(0)} %`;
