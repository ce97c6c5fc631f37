import { DeliverPolicy, type ConsumerMessages } from '@nats-io/jetstream';
import type { Bus } from '@whisper/shared/bus/connect';
import { jobEvent } from '@whisper/shared/contracts/job-event';
import { EVENTS_STREAM } from '@whisper/shared/contracts/topology';
import { pause } from '@whisper/shared/kit/pause';
import type { Logger } from '@whisper/shared/kit/logger';
import type { StoredMessage } from '@whisper/shared/bus/replay-stream';

const TRY_AGAIN_MS = 1_000;
/** Half of it without a heartbeat, twice, and the consumer is made anew. */
const EXPIRES_MS = 4_000;

/** The end of the event stream as it grows: one consumer for everybody in this process, in order, none twice. */
export interface EventTail extends AsyncDisposable {
  /** Calls back for each event of a job from now on, in order. */
  readonly listen: (jobId: string, onEvent: (event: StoredMessage) => void) => Disposable;
}

type Listener = (event: StoredMessage) => void;

export async function followEventTail(bus: Bus, log: Logger): Promise<EventTail> {
  const listeners = new Map<string, Set<Listener>>();
  const stopped = new AbortController();
  let next = (await bus.manager.streams.info(EVENTS_STREAM)).state.last_seq + 1;
  let messages: ConsumerMessages | undefined;
  const consume = async (): Promise<void> => {
    messages = await openTail(bus, next);
    if (stopped.signal.aborted) messages.stop();
    for await (const { data, seq, subject } of messages) {
      next = seq + 1;
      const jobId = subject.split('.')[2] ?? '';
      for (const listener of listeners.get(jobId) ?? []) listener({ sequence: seq, data });
    }
  };
  const following = keepTrying(consume, stopped.signal, log);
  return {
    listen: (jobId, listener) => addListener(listeners, jobId, listener),
    [Symbol.asyncDispose]: async () => {
      stopped.abort();
      messages?.stop();
      await following;
    },
  };
}

async function openTail(bus: Bus, from: number): Promise<ConsumerMessages> {
  const consumer = await bus.jetstream.consumers.get(EVENTS_STREAM, {
    filter_subjects: jobEvent.filter,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: from,
  });
  return consumer.consume({ expires: EXPIRES_MS });
}

async function keepTrying(work: () => Promise<void>, stop: AbortSignal, log: Logger): Promise<void> {
  do {
    try {
      await work();
    } catch (err) {
      if (!stop.aborted) log.warn({ err }, 'event stream lost: trying again');
    }
  } while (await pause(TRY_AGAIN_MS, stop));
}

function addListener(listeners: Map<string, Set<Listener>>, jobId: string, listener: Listener): Disposable {
  const others = listeners.get(jobId) ?? new Set();
  listeners.set(jobId, others.add(listener));
  return {
    [Symbol.dispose]: () => {
      others.delete(listener);
      if (others.size === 0 && listeners.get(jobId) === others) listeners.delete(jobId);
    },
  };
}
