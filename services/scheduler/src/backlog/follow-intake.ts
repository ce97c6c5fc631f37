import { DeliverPolicy, type JsMsg } from '@nats-io/jetstream';
import type { Bus } from '@whisper/shared/bus/connect';
import { INTAKE_STREAM } from '@whisper/shared/contracts/topology';
import { deferred } from '@whisper/shared/kit/deferred';
import type { Logger } from '@whisper/shared/kit/logger';
import { pause } from '@whisper/shared/kit/pause';

/** Messages asked for at once: loading a deep backlog must not take a round trip each. */
const AT_ONCE = 1_000;
const EXPIRES_MS = 5_000;
const RESTART_DELAY_MS = 200;

export interface FollowIntake {
  readonly bus: Bus;
  readonly log: Logger;
  readonly ended: AbortSignal;
  readonly onMessage: (message: JsMsg) => void;
}

export interface IntakeFollower {
  /** Resolves once everything that was in the intake has been handed over. */
  readonly caughtUp: Promise<undefined>;
  /** Resolves when it has ended. */
  readonly done: Promise<void>;
  /** Highest sequence handed over. */
  readonly seen: () => number;
  /** Reads on with a new consumer, from where this one is. */
  readonly restart: () => void;
}

/** Hands over each message of the intake, in order, and leaves it where it is. */
export function followIntake({ bus, log, ended, onMessage }: FollowIntake): IntakeFollower {
  const caughtUp = deferred<undefined>();
  let seen = 0;
  let stopReading: () => void = () => undefined;
  const read = async (): Promise<void> => {
    const { state } = await bus.manager.streams.info(INTAKE_STREAM);
    const consumer = await bus.jetstream.consumers.get(INTAKE_STREAM, {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: seen + 1,
    });
    if ((await consumer.info()).num_pending === 0) {
      seen = Math.max(seen, state.last_seq); // what was there up to this one is gone
      caughtUp.resolve(undefined);
    }
    const messages = await consumer.consume({ max_messages: AT_ONCE, expires: EXPIRES_MS });
    stopReading = () => {
      messages.stop();
    };
    if (ended.aborted) stopReading();
    for await (const message of messages) {
      seen = message.seq;
      onMessage(message);
      if (message.info.pending === 0) caughtUp.resolve(undefined);
    }
  };
  ended.addEventListener('abort', () => {
    stopReading();
    caughtUp.resolve(undefined);
  });
  const readUntilEnded = async (): Promise<void> => {
    do {
      await read().catch((err: unknown) => {
        log.warn({ err }, 'intake interrupted: reading on');
      });
    } while (await pause(RESTART_DELAY_MS, ended));
  };
  return {
    caughtUp: caughtUp.promise,
    done: readUntilEnded(),
    seen: () => seen,
    restart: () => {
      stopReading();
    },
  };
}
