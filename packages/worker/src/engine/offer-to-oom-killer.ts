import { writeFileSync } from 'node:fs';

/** Between -1000 and 1000: so many thousandths of the memory there is are added to what it holds. */
const SCORE = 500;

/**
 * Where memory ends, the kernel ends an engine, which costs an attempt of one job, before its worker, which costs all that
 * it has in hand. Decoders inherit it. Linux alone has this; elsewhere nothing happens.
 */
export function offerToOomKiller(pid: number | undefined): void {
  try {
    if (pid !== undefined) writeFileSync(`/proc/${pid}/oom_score_adj`, String(SCORE));
  } catch {
    // It has ended already, or the system chooses by itself: then it does so as for any other process.
  }
}
