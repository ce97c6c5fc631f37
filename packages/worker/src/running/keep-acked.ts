import type { Delivery } from '@whisper/shared/bus/delivery';
import { PROGRESS_ACK_MS } from '@whisper/shared/contracts/topology';

/** Tells the server that the job is being worked on, until disposed. Engines that stall are ended elsewhere. */
export function keepAcked(delivery: Delivery): Disposable {
  const timer = setInterval(delivery.working, PROGRESS_ACK_MS);
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
    },
  };
}
