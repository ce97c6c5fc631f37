import { retry } from '../kit/retry.ts';
import type { Bus } from './connect.ts';
import { busError, isGone } from './nats-errors.ts';

/** Longer than a leader election. */
const BUDGET_MS = 20_000;

/**
 * Takes a message out of a stream and overwrites its bytes on the server's disk; one that is gone is as good.
 * @throws PipelineError `queue_unavailable`
 */
export async function eraseMessage(bus: Bus, stream: string, sequence: number): Promise<void> {
  try {
    await retry(() => bus.manager.streams.deleteMessage(stream, sequence, true), {
      budgetMs: BUDGET_MS,
      isFinal: isGone,
    });
  } catch (error) {
    if (!isGone(error)) throw busError(error, `erasing a message of ${stream}`);
  }
}

/** Takes everything on a subject out of a stream. @throws PipelineError `queue_unavailable` */
export async function purgeSubject(bus: Bus, stream: string, filter: string): Promise<void> {
  try {
    await retry(() => bus.manager.streams.purge(stream, { filter }), { budgetMs: BUDGET_MS });
  } catch (error) {
    throw busError(error, `purging ${stream}`);
  }
}
