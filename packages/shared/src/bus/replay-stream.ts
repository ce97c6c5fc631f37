import { DeliverPolicy } from '@nats-io/jetstream';
import type { Bus } from './connect.ts';
import { busError } from './nats-errors.ts';

export interface StoredMessage {
  readonly sequence: number;
  readonly data: Uint8Array;
}

export interface StreamRange {
  readonly stream: string;
  readonly filter: string;
  /** Sequence of the first message that counts; 1 for all. */
  readonly from: number;
}

/** One pull of so many messages: what waits in memory is bounded by it. */
const BATCH = 500;
const EXPIRES_MS = 5_000;

/**
 * What a stream holds now on the subjects of a filter, in order: everything that was acknowledged before the call,
 * since the leader is asked. The consumer is gone afterwards.
 * @throws PipelineError `queue_unavailable`
 */
export async function* replayStream(bus: Bus, range: StreamRange): AsyncGenerator<StoredMessage> {
  try {
    const consumer = await bus.jetstream.consumers.get(range.stream, {
      filter_subjects: range.filter,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: range.from,
    });
    try {
      let left = (await consumer.info(true)).num_pending;
      while (left > 0) {
        const batch = await consumer.fetch({ max_messages: Math.min(left, BATCH), expires: EXPIRES_MS });
        const before = left;
        for await (const { data, seq } of batch) {
          left--;
          yield { sequence: seq, data };
        }
        if (left === before) return; // what was counted has expired since
      }
    } finally {
      await consumer.delete();
    }
  } catch (error) {
    throw busError(error, `reading ${range.stream}`);
  }
}
