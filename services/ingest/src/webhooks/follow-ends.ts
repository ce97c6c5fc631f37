import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import type { Bus } from '@whisper/shared/bus/connect';
import { jobEvent, type JobEvent } from '@whisper/shared/contracts/job-event';
import { EVENTS_STREAM, WEBHOOKS_CONSUMER } from '@whisper/shared/contracts/topology';
import type { Logger } from '@whisper/shared/kit/logger';
import { pause } from '@whisper/shared/kit/pause';
import type { DeliveryRecords } from '@whisper/shared/webhooks/delivery-records';
import { ended } from '@whisper/shared/webhooks/delivery-states';
import { endOfEvent } from './describe-end.ts';

const AT_ONCE = 32;
const EXPIRES_MS = 4_000;
const TRY_AGAIN_MS = 1_000;

export interface FollowEnds {
  readonly bus: Bus;
  readonly log: Logger;
  readonly deliveries: DeliveryRecords;
  readonly now: () => number;
}

/**
 * The ends of jobs, from a durable consumer that all ingests share: each makes the webhooks due that wait for it, then is
 * acknowledged. A crash in between repeats it, which changes nothing.
 */
export function followEnds(deps: FollowEnds): AsyncDisposable {
  const stopped = new AbortController();
  let messages: ConsumerMessages | undefined;
  const consume = async (): Promise<void> => {
    const consumer = await deps.bus.jetstream.consumers.get(EVENTS_STREAM, WEBHOOKS_CONSUMER);
    messages = await consumer.consume({ max_messages: AT_ONCE, expires: EXPIRES_MS });
    if (stopped.signal.aborted) messages.stop();
    for await (const message of messages) await take(deps, message);
  };
  const following = keepTrying(consume, stopped.signal, deps.log);
  return {
    [Symbol.asyncDispose]: async () => {
      stopped.abort();
      messages?.stop();
      await following;
    },
  };
}

async function take({ deliveries, log, now }: FollowEnds, message: JsMsg): Promise<void> {
  try {
    const event = readEvent(message, log);
    if (!event) return;
    const end = endOfEvent(event, message.seq);
    const keys = end ? await deliveries.ofJob(event.subject) : [];
    for (const key of keys) {
      await deliveries.change(key, (delivery) => end && ended(delivery, end, now()));
    }
    message.ack();
  } catch (err) {
    log.warn({ err, sequence: message.seq }, 'end of a job not told yet: trying again');
    message.nak(TRY_AGAIN_MS);
  }
}

/** One that does not parse will not ever: it is passed over. */
function readEvent(message: JsMsg, log: Logger): JobEvent | undefined {
  try {
    return jobEvent.decode(message.data);
  } catch (err) {
    log.error({ err, sequence: message.seq }, 'end of a job cannot be read: no webhook tells of it');
    message.term();
    return undefined;
  }
}

async function keepTrying(work: () => Promise<void>, stop: AbortSignal, log: Logger): Promise<void> {
  do {
    try {
      await work();
    } catch (err) {
      if (!stop.aborted) log.warn({ err }, 'ends of jobs lost: trying again');
    }
  } while (await pause(TRY_AGAIN_MS, stop));
}
