import { setMaxListeners } from 'node:events';
import type { Erasure } from '@whisper/shared/contracts/erasure';
import { requestErasure, sweepAgain, sweepJob, type EraseJob } from '@whisper/shared/jobs/erase-job';
import { pause } from '@whisper/shared/kit/pause';
import { severalAtOnce } from '@whisper/shared/kit/several-at-once';
import type { Logger } from '@whisper/shared/kit/logger';

const EVERY_MS = 5_000;
/** Whoever was asked to erase has begun: others take over when nothing has come of it for so long. */
const TAKE_OVER_MS = 10_000;
/** Longer than any publish that was under way at the first sweep is tried, and than workers trust what they asked. */
const SECOND_LOOK_MS = 25_000;
/** Erasures that are carried on at once. */
const WIDTH = 8;
/** A caller is told that it goes on after this long. */
const PATIENCE_MS = 5_000;

export interface EraserDeps extends EraseJob {
  readonly log: Logger;
}

/** Erases jobs: at once where it can, else as soon as what is away is back, also when this process dies meanwhile. */
export interface Eraser extends AsyncDisposable {
  /**
   * @returns whether nothing is left, or it still goes on
   * @throws PipelineError `unknown_job`, `queue_unavailable`
   */
  readonly erase: (jobId: string) => Promise<'erasing' | 'erased'>;
}

interface Seen {
  readonly swept: boolean;
  readonly sinceMs: number;
}

export function startEraser(deps: EraserDeps): Eraser {
  const stopped = new AbortController();
  setMaxListeners(0, stopped.signal); // one for each request of the last seconds
  const seen = new Map<string, Seen>();
  const look = async (): Promise<void> => {
    const erasures = await deps.erasures.all();
    forgetFinished(seen, erasures);
    await severalAtOnce(erasures, WIDTH, (erasure) => carryOn(deps, erasure, seen));
  };
  const looking = (async () => {
    while (await pause(EVERY_MS, stopped.signal)) await orLater(deps, look());
  })();
  return {
    erase: async (jobId) => {
      const erasure = await requestErasure(deps, jobId);
      if (!erasure) return 'erased';
      const sweeping = erasure.swept ? Promise.resolve() : orLater(deps, sweepJob(deps, erasure));
      await Promise.race([sweeping, pause(PATIENCE_MS, stopped.signal)]);
      return 'erasing';
    },
    [Symbol.asyncDispose]: async () => {
      stopped.abort();
      await looking;
    },
  };
}

async function carryOn(deps: EraserDeps, erasure: Erasure, seen: Map<string, Seen>): Promise<void> {
  const { jobId, swept } = erasure;
  const before = seen.get(jobId);
  if (before?.swept !== swept) {
    seen.set(jobId, { swept, sinceMs: performance.now() });
    return;
  }
  const ageMs = performance.now() - before.sinceMs;
  if (!swept && ageMs >= TAKE_OVER_MS) await orLater(deps, sweepJob(deps, erasure));
  if (swept && ageMs >= SECOND_LOOK_MS) await orLater(deps, finish(deps, erasure));
}

async function finish(deps: EraserDeps, erasure: Erasure): Promise<void> {
  await sweepAgain(deps, erasure);
  await deps.erasures.finish(erasure.jobId);
  deps.log.info({ jobId: erasure.jobId }, 'job erased');
}

function forgetFinished(seen: Map<string, Seen>, erasures: readonly Erasure[]): void {
  const underWay = new Set(erasures.map(({ jobId }) => jobId));
  for (const jobId of seen.keys()) if (!underWay.has(jobId)) seen.delete(jobId);
}

/** What is written down is found again at the next look. */
async function orLater({ log }: EraserDeps, work: Promise<void>): Promise<void> {
  await work.catch((err: unknown) => {
    log.warn({ err }, 'erasing interrupted: going on later');
  });
}
