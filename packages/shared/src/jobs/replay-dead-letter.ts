import type { Bus } from '../bus/connect.ts';
import { PipelineError } from '../contracts/errors.ts';
import { isTerminal, type JobRecord } from '../contracts/job-record.ts';
import type { JobRecords } from '../storage/job-records.ts';
import { dropDeadLetter, type DeadEntry } from './dead-letters.ts';
import { queueAnew } from './queue-anew.ts';

/**
 * Runs a job anew that had failed: its record is opened by compare-and-set, then it is queued under a new message id,
 * then the letter goes. Broken off anywhere, it can be repeated, and the scheduler finds a job that is in no queue.
 * @throws PipelineError `invalid_message` when the letter holds no job; `job_ended` when the job ended well, or by
 *   being cancelled; `job_erased`
 */
export async function replayDeadLetter(bus: Bus, records: JobRecords, entry: DeadEntry): Promise<JobRecord> {
  const { job, modelClass, sequence } = entry;
  if (!job) throw new PipelineError('invalid_message', 'the message is no job: it can only be dropped');
  const record = await records.reopen(job, modelClass, ['failed']);
  if (isTerminal(record.state)) throw new PipelineError('job_ended', `the job has ${record.state} since`);
  const messageId = `${job.jobId}.replay-${sequence}`;
  await queueAnew(bus, records, { job, modelClass, end: 'failed', messageId });
  await dropDeadLetter(bus, entry);
  return record;
}
