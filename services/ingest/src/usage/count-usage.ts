import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import type { Bus } from '@whisper/shared/bus/connect';
import { jobEvent, type JobEvent } from '@whisper/shared/contracts/job-event';
import { dayOf } from '@whisper/shared/contracts/key-usage';
import { EVENTS_STREAM, USAGE_CONSUMER } from '@whisper/shared/contracts/topology';
import { pause } from '@whisper/shared/kit/pause';
import type { Logger } from '@whisper/shared/kit/logger';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import type { KeyUsages } from '@whisper/shared/storage/key-usage';
import type { KeyRing } from '../callers/key-ring.ts';

const TRY_AGAIN_MS = 1_000;
/** Half of it without a heartbeat, twice, and the consumer is asked anew. */
const EXPIRES_MS = 4_000;

export interface CountUsage {
  readonly bus: Bus;
  readonly log: Logger;
  readonly keys: KeyRing;
  readonly records: JobRecords;
  readonly usages: KeyUsages;
}

/**
 * Counts the audio of each key's completed jobs, from the events of their ends. The ingests share one consumer that
 * hands out one event at a time, in order; so what an entry has counted is known by the last event's place.
 */
export function countUsage(deps: CountUsage): AsyncDisposable {
  const stopped = new AbortController();
  let messages: ConsumerMessages | undefined;
  const consume = async (): Promise<void> => {
    const consumer = await deps.bus.jetstream.consumers.get(EVENTS_STREAM, USAGE_CONSUMER);
    messages = await consumer.consume({ expires: EXPIRES_MS });
    if (stopped.signal.aborted) messages.stop();
    for await (const message of messages) await settle(deps, message);
  };
  const counting = keepTrying(consume, stopped.signal, deps.log);
  return {
    [Symbol.asyncDispose]: async () => {
      stopped.abort();
      messages?.stop();
      await counting;
    },
  };
}

async function settle(deps: CountUsage, message: JsMsg): Promise<void> {
  const event = readEvent(deps.log, message);
  try {
    if (event) await countEvent(deps, event, message.seq);
    message.ack();
  } catch (err) {
    deps.log.warn({ err, jobId: event?.subject }, 'job not counted: trying again');
    message.nak(TRY_AGAIN_MS);
  }
}

/** @returns `undefined` for what will not parse at another try either */
function readEvent(log: Logger, { data, seq }: JsMsg): JobEvent | undefined {
  try {
    return jobEvent.decode(data);
  } catch (err) {
    log.error({ err, sequence: seq }, 'event does not parse: not counted');
    return undefined;
  }
}

async function countEvent(deps: CountUsage, event: JobEvent, sequence: number): Promise<void> {
  if (event.type !== 'whisper.job.completed' || deps.keys.isEmpty()) return;
  const record = await deps.records.get(event.subject);
  const keyId = record?.job?.keyId;
  if (keyId === undefined) return;
  const { durationSeconds: audioSeconds } = event.data;
  await deps.usages.count({ keyId, day: dayOf(event.time), audioSeconds, sequence });
}

async function keepTrying(work: () => Promise<void>, stop: AbortSignal, log: Logger): Promise<void> {
  do {
    try {
      await work();
    } catch (err) {
      if (!stop.aborted) log.warn({ err }, 'counting interrupted: trying again');
    }
  } while (await pause(TRY_AGAIN_MS, stop));
}
