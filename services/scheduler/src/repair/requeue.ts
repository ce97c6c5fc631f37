import { publishDurably } from '@whisper/shared/bus/publish';
import { publishEvent } from '@whisper/shared/bus/publish-event';
import type { JobError, JobRecord } from '@whisper/shared/contracts/job-record';
import { jobSubmitted } from '@whisper/shared/contracts/job-submitted';
import type { RecordAt } from './records-in-turn.ts';
import type { RepairDeps } from './repair.ts';

const LOST: JobError = { code: 'internal', message: 'the job fell out of every queue: send it again' };

/** A job that is in no queue is submitted again as it was; one that cannot be ends, so that nobody waits for ever. */
export async function requeue(deps: RepairDeps, { record, revision }: RecordAt): Promise<void> {
  const { job, jobId, modelClass } = record;
  if (!job) {
    await fail(deps, record);
    return;
  }
  const subject = jobSubmitted.subject({ modelClass, tenant: job.tenant });
  await publishDurably(deps.bus, subject, jobSubmitted.encode(job), {
    messageId: `${jobId}.requeue-${revision}`,
  });
  deps.log.warn({ jobId, state: record.state }, 'job was in no queue: queued again');
}

async function fail({ bus, log, records }: RepairDeps, known: JobRecord): Promise<void> {
  const { value: record } = await records.change({ value: known }, (current) => ({
    ...current,
    state: 'failed',
    finishedAt: new Date().toISOString(),
    error: LOST,
  }));
  if (record.state !== 'failed') return;
  const { jobId, resultKey, model, attempts } = record;
  await publishEvent({ bus, name: 'scheduler' }, 'failed', { jobId, resultKey, model, attempts, ...LOST });
  log.error({ jobId }, 'job was in no queue and its record does not hold it: failed');
}
