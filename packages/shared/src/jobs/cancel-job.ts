import type { EventSource } from '../bus/publish-event.ts';
import { PipelineError } from '../contracts/errors.ts';
import type { JobError, JobRecord } from '../contracts/job-record.ts';
import type { JobRecords } from '../storage/job-records.ts';
import { announceCancelled } from './announce-cancelled.ts';

const REQUESTED: JobError = { code: 'job_cancelled', message: 'the job was cancelled' };
const ABANDONED: JobError = {
  code: 'job_abandoned',
  message: 'nobody waited for the job any more: ask again',
};

/**
 * Ends a job that has not ended. The record decides, by compare-and-set: whoever writes a final state first has the
 * say. Then the event, once, which is also what makes a worker that runs it stop. Cancelling again changes nothing.
 * @throws PipelineError `unknown_job`; `job_ended` when it completed or failed first
 */
export async function cancelJob(source: EventSource, records: JobRecords, jobId: string): Promise<JobRecord> {
  const found = await records.get(jobId);
  if (!found) throw new PipelineError('unknown_job', 'there is no such job');
  const { value: record } = await records.change({ value: found }, (current) =>
    cancelled(current, REQUESTED),
  );
  if (record.state !== 'cancelled') {
    throw new PipelineError('job_ended', `the job has ended already: it ${record.state}`);
  }
  await announceCancelled(source, record);
  return record;
}

/**
 * Ends a job that only waiting requests had asked for, the last of which has gone.
 * @returns its record as it is now, which is not `cancelled` when somebody is to come back for it
 */
export async function abandonJob(
  source: EventSource,
  records: JobRecords,
  jobId: string,
): Promise<JobRecord | undefined> {
  const found = await records.get(jobId);
  if (!found?.attached) return found;
  const { value: record } = await records.change({ value: found }, (current) =>
    current.attached ? cancelled(current, ABANDONED) : current,
  );
  if (record.state === 'cancelled') await announceCancelled(source, record);
  return record;
}

const cancelled = (record: JobRecord, error: JobError): JobRecord => ({
  ...record,
  state: 'cancelled',
  finishedAt: new Date().toISOString(),
  error,
});
