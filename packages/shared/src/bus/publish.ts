import type { Bus } from './connect.ts';
import { busError, isConflict, isFull, isRefused } from './nats-errors.ts';
import { retry } from '../kit/retry.ts';

/** Longer than a leader election (4-9 s), so that losing one NATS node fails no publish. */
const PUBLISH_BUDGET_MS = 20_000;
const PUBLISH_TIMEOUT_MS = 2_000;

export interface PublishOptions {
  /** Stored once however often it is tried, within the stream's duplicate window. */
  readonly messageId: string;
  /** Refuse when the subject holds a message already. */
  readonly onlyFirst?: boolean;
  readonly budgetMs?: number;
}

/**
 * Publishes until the stream has it. The client drops what is published while disconnected, so every
 * publish is tried again under the same message id.
 * @returns `already` when the stream had it (same id, or the subject is taken and `onlyFirst` was asked)
 * @throws PipelineError `queue_full`, `queue_unavailable`
 */
export async function publishDurably(
  bus: Bus,
  subject: string,
  payload: Uint8Array,
  options: PublishOptions,
): Promise<'stored' | 'already'> {
  const publish = async (): Promise<'stored' | 'already'> => {
    const ack = await bus.jetstream.publish(subject, payload, {
      msgID: options.messageId,
      timeout: PUBLISH_TIMEOUT_MS,
      ...(options.onlyFirst && { expect: { lastSubjectSequence: 0 } }),
    });
    return ack.duplicate ? 'already' : 'stored';
  };
  try {
    const tried = retry(publish, {
      budgetMs: options.budgetMs ?? PUBLISH_BUDGET_MS,
      isFinal: (error) => isConflict(error) || isFull(error) || isRefused(error),
    });
    return await bus.unanswered.track(tried);
  } catch (error) {
    if (options.onlyFirst && isConflict(error)) return 'already';
    throw busError(error, `publish on ${subject.split('.').slice(0, 2).join('.')}`);
  }
}
