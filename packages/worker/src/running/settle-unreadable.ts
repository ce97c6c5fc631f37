import type { Delivery } from '@whisper/shared/bus/delivery';
import { publishDeadLetter } from '@whisper/shared/bus/publish-dead-letter';
import type { ModelClass } from '@whisper/shared/contracts/identifiers';
import { failUnreadable } from '@whisper/shared/storage/fail-unreadable';
import type { WorkerDeps } from './worker-deps.ts';

/** Work that does not parse: kept for an operator, taken out of the queue, never a crash loop. */
export async function settleUnreadable(
  deps: WorkerDeps,
  delivery: Delivery,
  modelClass: ModelClass,
): Promise<void> {
  await publishDeadLetter(
    deps.bus,
    { origin: deps.lane, modelClass },
    {
      subject: delivery.subject,
      data: delivery.data,
      code: 'invalid_message',
      message: 'the work message does not parse',
      attempts: delivery.deliveryCount,
      messageId: `${deps.lane}.${delivery.streamSequence}.dead`,
    },
  );
  await failUnreadable({ bus: deps.bus, name: deps.workerId }, deps.records, delivery.data);
  await delivery.ack();
  deps.log.warn({ subject: delivery.subject }, 'work does not parse: moved to DEAD');
}
