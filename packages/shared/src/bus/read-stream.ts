import type { StoredMsg } from '@nats-io/jetstream';
import type { Bus } from './connect.ts';
import { busError, isNothingThere } from './nats-errors.ts';

const BATCH = 256;

export interface StreamSlice {
  readonly stream: string;
  /** Only messages on this subject; wildcards allowed. */
  readonly subject: string;
  /** The first sequence that counts. */
  readonly from: number;
  readonly count: number;
}

/**
 * Messages of a stream as they lie there, by sequence, without a consumer: a look changes nothing.
 * @throws PipelineError `queue_unavailable`
 */
export async function readSlice(bus: Bus, slice: StreamSlice): Promise<readonly StoredMsg[]> {
  const found: StoredMsg[] = [];
  try {
    const { stream, subject, from, count } = slice;
    const batch = { seq: Math.max(1, from), batch: count, next_by_subj: subject };
    for await (const message of await bus.manager.direct.getBatch(stream, batch)) found.push(message);
    return found;
  } catch (error) {
    if (isNothingThere(error)) return found;
    throw busError(error, `reading ${slice.stream}`);
  }
}

/** Every message that a stream holds on a subject now, oldest first, a batch at a time. */
export async function* readStream(bus: Bus, stream: string, subject: string): AsyncGenerator<StoredMsg> {
  for (let from = 1; ;) {
    const batch = await readSlice(bus, { stream, subject, from, count: BATCH });
    yield* batch;
    if (batch.length < BATCH) return;
    from = (batch.at(-1)?.seq ?? 0) + 1;
  }
}
