import type { JsMsg } from '@nats-io/jetstream';
import type { Bus } from '@whisper/shared/bus/connect';
import { publishDeadLetter } from '@whisper/shared/bus/publish-dead-letter';
import type { PipelineError } from '@whisper/shared/contracts/errors';
import { modelClassSchema } from '@whisper/shared/contracts/identifiers';
import type { Logger } from '@whisper/shared/kit/logger';

/** A submission that does not parse is kept for an operator and taken out of the queue. */
export async function buryUnreadable(
  bus: Bus,
  message: JsMsg,
  error: PipelineError,
  log: Logger,
): Promise<void> {
  const modelClass = modelClassSchema.safeParse(message.subject.split('.')[2]).data ?? 'light';
  await publishDeadLetter(
    bus,
    { origin: 'intake', modelClass },
    {
      subject: message.subject,
      data: message.data,
      code: error.code,
      message: error.message,
      attempts: message.info.deliveryCount,
      messageId: `intake.${message.seq}.dead`,
    },
  );
  message.term(error.code);
  log.warn({ err: error, subject: message.subject }, 'submission does not parse: moved to DEAD');
}
