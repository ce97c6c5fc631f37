import type { Subscription } from '@nats-io/transport-node';
import type { Bus } from '@whisper/shared/bus/connect';
import type { Lane } from '@whisper/shared/contracts/identifiers';
import { wakeFilter } from '@whisper/shared/contracts/work-assigned';

const QUEUE_GROUP = 'idle';

/** Listens, in a queue group with all idle workers of the lane, for the stream's word that work has come. */
export interface WakeListener {
  /** @returns true when it was not listening before: what came until then woke nobody, so look again */
  readonly listen: () => Promise<boolean>;
  readonly leave: () => Promise<void>;
}

/** @param onWake gets the subject of the wake, so that one that comes too late can be passed on */
export function createWakeListener(bus: Bus, lane: Lane, onWake: (subject: string) => void): WakeListener {
  let subscription: Subscription | undefined;
  return {
    listen: async () => {
      if (subscription && !subscription.isClosed()) return false;
      subscription = bus.connection.subscribe(wakeFilter(lane), {
        queue: QUEUE_GROUP,
        callback: (error, message) => {
          if (!error) onWake(message.subject);
        },
      });
      await bus.connection.flush().catch(() => undefined); // while disconnected; the look after this one tells
      return true;
    },
    /** `drain`, not `unsubscribe`: a wake on its way still arrives. */
    leave: async () => {
      const leaving = subscription;
      subscription = undefined;
      if (leaving && !leaving.isClosed()) await leaving.drain();
    },
  };
}
