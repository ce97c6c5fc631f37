import { createFifo } from './fifo.ts';
import type { WaitingJob } from './waiting-job.ts';

/** One tenant's jobs of one class: first come first served, low ones after the others until they have waited too long. */
export interface TenantQueue {
  readonly size: () => number;
  readonly add: (waiting: WaitingJob) => void;
  readonly remove: (waiting: WaitingJob) => void;
  readonly next: (nowMs: number) => WaitingJob | undefined;
  /** The one that would start last. */
  readonly last: () => WaitingJob | undefined;
  /** The one that came first. */
  readonly oldest: () => WaitingJob | undefined;
  /** All of them in their order, as things stand. */
  readonly inOrder: (nowMs: number) => Iterator<WaitingJob, undefined>;
}

export function createTenantQueue(maxWaitMs: number): TenantQueue {
  const normal = createFifo<WaitingJob>();
  const low = createFifo<WaitingJob>();
  const queueOf = ({ job }: WaitingJob): typeof normal => (job.priority === 'low' ? low : normal);
  const firstOf = (nowMs: number, a?: WaitingJob, b?: WaitingJob): WaitingJob | undefined =>
    a && b && lowGoesFirst(a, b, nowMs - maxWaitMs) ? b : (a ?? b);
  return {
    size: () => normal.size() + low.size(),
    add: (waiting) => {
      queueOf(waiting).add(waiting);
    },
    remove: (waiting) => {
      queueOf(waiting).remove(waiting.sequence);
    },
    next: (nowMs) => firstOf(nowMs, normal.first(), low.first()),
    last: () => low.last() ?? normal.last(),
    oldest: () => firstOf(Infinity, normal.first(), low.first()),
    *inOrder(nowMs) {
      const [normals, lows] = [normal[Symbol.iterator](), low[Symbol.iterator]()];
      let a = normals.next();
      let b = lows.next();
      for (;;) {
        const first = firstOf(nowMs, a.value as WaitingJob | undefined, b.value as WaitingJob | undefined);
        if (!first) return undefined;
        if (first === a.value) a = normals.next();
        else b = lows.next();
        yield first;
      }
    },
  };
}

/** Ageing: who has waited for the longest time allowed is no longer overtaken by younger ones. */
function lowGoesFirst(normal: WaitingJob, low: WaitingJob, agedSinceMs: number): boolean {
  return low.arrivedMs <= agedSinceMs && low.sequence < normal.sequence;
}
