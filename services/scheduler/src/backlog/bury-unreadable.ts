import type { JsMsg } from '@nats-io/jetstream';
import type { Bus } from '@whisper/shared/bus/connect';
import { publishDeadLetter } from '@whisper/shared/bus/publish-dead-letter';
import type { PipelineError } from '@whisper/shared/contracts/errors';
import { modelClassSchema } from '@whisper/shared/contracts/identifiers';
import { failUnreadable } from '@whisper/shared/storage/fail-unreadable';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import { removeSubmission } from './remove-submission.ts';

export interface BuryUnreadable {
  readonly bus: Bus;
  readonly records: JobRecords;
  readonly ended: AbortSignal;
}

/** A submission that does not parse is kept for an operator and taken out of the queue. */
export async function buryUnreadable(
  { bus, records, ended }: BuryUnreadable,
  message: JsMsg,
  error: PipelineError,
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
      attempts: 0,
      messageId: `intake.${message.seq}.dead`,
    },
  );
  await failUnreadable({ bus, name: 'scheduler' }, records, message.data);
  await removeSubmission(bus, message.seq, ended);
}
