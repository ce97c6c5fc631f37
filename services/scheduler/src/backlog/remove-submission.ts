import type { Bus } from '@whisper/shared/bus/connect';
import { isGone } from '@whisper/shared/bus/nats-errors';
import { INTAKE_STREAM } from '@whisper/shared/contracts/topology';
import { retry } from '@whisper/shared/kit/retry';

/** Longer than a leader election. */
const BUDGET_MS = 20_000;

/** Takes a message out of the intake; one that is gone already is as good. */
export async function removeSubmission(bus: Bus, sequence: number, ended: AbortSignal): Promise<void> {
  await removeMessage(bus, INTAKE_STREAM, sequence, ended);
}

/** Takes a message out of any stream. */
export async function removeMessage(
  bus: Bus,
  stream: string,
  sequence: number,
  ended: AbortSignal,
): Promise<void> {
  try {
    await retry(() => bus.manager.streams.deleteMessage(stream, sequence, false), {
      budgetMs: BUDGET_MS,
      signal: ended,
      isFinal: isGone,
    });
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
