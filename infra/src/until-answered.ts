import { JetStreamApiError } from '@nats-io/jetstream';
import { TimeoutError } from '@nats-io/transport-node';
import { retry } from '@whisper/shared/kit/retry';

/** A new stream of a cluster elects its leader first (4-9 s), and there are twenty of them. */
const BUDGET_MS = 60_000;
const UNAVAILABLE = 503;

/** Asks again while NATS does not answer; for what may be asked twice. */
export function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  return retry(ask, { budgetMs: BUDGET_MS, isFinal: (error) => !isUnanswered(error) });
}

function isUnanswered(error: unknown): boolean {
  if (error instanceof JetStreamApiError) return error.status === UNAVAILABLE;
  return error instanceof TimeoutError;
}
