import type { Bus } from '../bus/connect.ts';
import { publishDurably } from '../bus/publish.ts';
import { audioBlobKey } from '../contracts/job.ts';
import { isTerminal, queuedRecord } from '../contracts/job-record.ts';
import { jobSubmitted } from '../contracts/job-submitted.ts';
import { forgetAccepted, listAccepted, type AcceptedJob } from '../storage/accepted-jobs.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { JobRecords } from '../storage/job-records.ts';

export interface ResubmitJobs {
  readonly bus: Bus;
  readonly blobs: BlobStore;
  readonly records: JobRecords;
}

/** `queued`: it was lost and waits again; `known`: the queue has it; `ended`; `gone`: without audio it cannot be done. */
export type Resubmitted = 'queued' | 'known' | 'ended' | 'gone';

/**
 * Queues every accepted job of which NATS knows nothing any more, under its own id; a second run changes nothing.
 * @throws PipelineError `storage_unavailable`, `queue_full`, `queue_unavailable`: what was queued stays so
 */
export async function* resubmitJobs(
  deps: ResubmitJobs,
): AsyncGenerator<{ readonly jobId: string; readonly outcome: Resubmitted }> {
  for await (const accepted of listAccepted(deps.blobs)) {
    yield { jobId: accepted.job.jobId, outcome: await resubmit(deps, accepted) };
  }
}

async function resubmit(deps: ResubmitJobs, { job, modelClass }: AcceptedJob): Promise<Resubmitted> {
  const { bus, blobs, records } = deps;
  const record = await records.get(job.jobId);
  if (record && !isTerminal(record.state)) return 'known';
  const isOver = record !== undefined || (await records.isErased(job.jobId));
  if (isOver || !(await blobs.has(audioBlobKey(job)))) {
    await forgetAccepted(blobs, job.jobId);
    return isOver ? 'ended' : 'gone';
  }
  const subject = jobSubmitted.subject({ modelClass, tenant: job.tenant });
  await publishDurably(bus, subject, jobSubmitted.encode(job), { messageId: job.jobId });
  await records.create(queuedRecord(job, modelClass));
  await records.claim(job.resultKey, job.jobId); // identical requests join it, unless they have another by now
  return 'queued';
}
