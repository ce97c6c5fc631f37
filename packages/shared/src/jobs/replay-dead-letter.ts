import { publishDurably } from '../bus/publish.ts';
import type { Bus } from '../bus/connect.ts';
import { busError } from '../bus/nats-errors.ts';
import { PipelineError } from '../contracts/errors.ts';
import type { Job } from '../contracts/job.ts';
import { jobEvent } from '../contracts/job-event.ts';
import { isTerminal, type JobRecord } from '../contracts/job-record.ts';
import { jobSubmitted } from '../contracts/job-submitted.ts';
import { EVENTS_STREAM } from '../contracts/topology.ts';
import type { JobRecords } from '../storage/job-records.ts';
import { dropDeadLetter, type DeadEntry } from './dead-letters.ts';

/**
 * Runs a job anew that had failed: its record is opened by compare-and-set, then it is queued under a new message id,
 * then the letter goes. Broken off anywhere, it can be repeated, and the scheduler finds a job that is in no queue.
 * @throws PipelineError `invalid_message` when the letter holds no job; `job_ended` when the job ended well, or by
 *   being cancelled
 */
export async function replayDeadLetter(bus: Bus, records: JobRecords, entry: DeadEntry): Promise<JobRecord> {
  const { job, modelClass, sequence } = entry;
  if (!job) throw new PipelineError('invalid_message', 'the message is no job: it can only be dropped');
  const record = await records.reopen(job, modelClass);
  if (isTerminal(record.state)) throw new PipelineError('job_ended', `the job has ${record.state} since`);
  await takeBackFailure(bus, job);
  await takeFlight(records, job);
  const subject = jobSubmitted.subject({ modelClass, tenant: job.tenant });
  await publishDurably(bus, subject, jobSubmitted.encode(job), {
    messageId: `${job.jobId}.replay-${sequence}`,
  });
  await dropDeadLetter(bus, entry);
  return record;
}

/** A job has one end in the stream; this one will have another. */
async function takeBackFailure(bus: Bus, { jobId }: Job): Promise<void> {
  try {
    await bus.manager.streams.purge(EVENTS_STREAM, { filter: jobEvent.subject({ kind: 'failed', jobId }) });
  } catch (error) {
    throw busError(error, 'taking back an event');
  }
}

/** Identical requests may join it again, unless they have another job by now. */
async function takeFlight(records: JobRecords, { resultKey, jobId }: Job): Promise<void> {
  const flight = await records.inFlight(resultKey);
  if (!flight) {
    await records.claim(resultKey, jobId);
    return;
  }
  const other = await records.get(flight.value);
  if (flight.value !== jobId && (!other || isTerminal(other.state))) {
    await records.claim(resultKey, jobId, flight.revision);
  }
}
