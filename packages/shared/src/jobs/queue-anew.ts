import type { Bus } from '../bus/connect.ts';
import { purgeSubject } from '../bus/erase-message.ts';
import { publishDurably } from '../bus/publish.ts';
import type { ModelClass } from '../contracts/identifiers.ts';
import type { Job } from '../contracts/job.ts';
import { jobEvent, type JobEventKind } from '../contracts/job-event.ts';
import { isTerminal } from '../contracts/job-record.ts';
import { jobSubmitted } from '../contracts/job-submitted.ts';
import { EVENTS_STREAM } from '../contracts/topology.ts';
import type { JobRecords } from '../storage/job-records.ts';

export interface QueueAnew {
  readonly job: Job;
  readonly modelClass: ModelClass;
  /** How the job had ended. */
  readonly end: JobEventKind;
  /** The same for the same run, so that it is queued once. */
  readonly messageId: string;
}

/**
 * Queues a job whose record was opened anew. A job has one end in the stream; this one will have another. Broken off
 * anywhere, it can be repeated, and the scheduler finds a job that is in no queue.
 * @throws PipelineError `queue_full`, `queue_unavailable`
 */
export async function queueAnew(
  bus: Bus,
  records: JobRecords,
  { end, job, messageId, modelClass }: QueueAnew,
): Promise<void> {
  await purgeSubject(bus, EVENTS_STREAM, jobEvent.subject({ kind: end, jobId: job.jobId }));
  await takeFlight(records, job);
  const subject = jobSubmitted.subject({ modelClass, tenant: job.tenant });
  await publishDurably(bus, subject, jobSubmitted.encode(job), { messageId });
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
