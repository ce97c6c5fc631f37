import type { EventSource } from '../bus/publish-event.ts';
import { PipelineError } from '../contracts/errors.ts';
import type { JobError, JobRecord } from '../contracts/job-record.ts';
import type { JobRecords } from '../storage/job-records.ts';
import { announceCancelled } from './announce-cancelled.ts';

export const CANCEL_REASONS = {
  requested: { code: 'job_cancelled', message: 'the job was cancelled' },
  abandoned: { code: 'job_abandoned', message: 'nobody waited for the job any more: ask again' },
} as const satisfies Record<string, JobError>;
export type CancelReason = keyof typeof CANCEL_REASONS;

/**
 * Ends a job that has not ended. The record decides, by compare-and-set: whoever writes a final state first has the
 * say. Then the event, once, which is also what makes a worker that runs it stop. Cancelling again changes nothing.
 * @throws PipelineError `unknown_job`; `job_ended` when it completed or failed first
 */
export async function cancelJob(
  source: EventSource,
  records: JobRecords,
  jobId: string,
  reason: CancelReason = 'requested',
): Promise<JobRecord> {
  const found = await records.get(jobId);
  if (!found) throw new PipelineError('unknown_job', 'there is no such job');
  const { value: record } = await records.change({ value: found }, (current) => ({
    ...current,
    state: 'cancelled',
    finishedAt: new Date().toISOString(),
    error: CANCEL_REASONS[reason],
  }));
  if (record.state !== 'cancelled') {
    throw new PipelineError('job_ended', `the job has ended already: it ${record.state}`);
  }
  await announceCancelled(source, record);
  return record;
}
