import type { EventSource } from '../bus/publish-event.ts';
import type { Erasure } from '../contracts/erasure.ts';
import { PipelineError, type ErrorCode } from '../contracts/errors.ts';
import { audioBlobKey } from '../contracts/job.ts';
import { forgetAccepted } from '../storage/accepted-jobs.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Erasures } from '../storage/erasures.ts';
import type { JobRecords } from '../storage/job-records.ts';
import type { ResultCache } from '../storage/result-cache.ts';
import { cancelJob } from './cancel-job.ts';
import { eraseDeadLetters, eraseEvents, eraseQueued, eraseWebhooks } from './job-traces.ts';

export interface EraseJob {
  readonly source: EventSource;
  readonly blobs: BlobStore;
  readonly records: JobRecords;
  readonly results: ResultCache;
  readonly erasures: Erasures;
}

/** Reasons why there is nothing to cancel. */
const ENDED: readonly ErrorCode[] = ['job_ended', 'unknown_job'];

/**
 * Writes down that a job is to be erased; from then on it will be, whatever dies.
 * @returns what is to be done; `undefined` when nothing is left of the job
 * @throws PipelineError `unknown_job`
 */
export async function requestErasure(
  { records, results, erasures }: Pick<EraseJob, 'records' | 'results' | 'erasures'>,
  jobId: string,
): Promise<Erasure | undefined> {
  const record = await records.get(jobId);
  if (!record) {
    const underWay = await erasures.get(jobId);
    if (underWay || (await records.isErased(jobId))) return underWay;
    throw new PipelineError('unknown_job', 'there is no such job');
  }
  const resultMadeBy = await results.makerOf(record.resultKey);
  await erasures.request({
    version: 1,
    jobId,
    resultKey: record.resultKey,
    ...(record.job && { audioKey: audioBlobKey(record.job) }),
    ...(resultMadeBy && { resultMadeBy }),
    swept: false,
  });
  return erasures.get(jobId);
}

/**
 * Removes everything of a job. It ends first, so that whoever runs it stops; then its record gives way to a tombstone,
 * which refuses whatever comes late; then the rest goes, in no order: what cannot go now does not keep the others.
 * Broken off anywhere, it can be repeated.
 * @throws PipelineError `storage_unavailable`, `queue_unavailable`
 */
export async function sweepJob(deps: EraseJob, erasure: Erasure): Promise<void> {
  const { jobId, resultKey, resultMadeBy = jobId } = erasure;
  await endJob(deps, jobId);
  await deps.records.erase(jobId);
  await all([
    ...eraseTraces(deps, erasure),
    deps.results.erase(resultKey, [jobId, resultMadeBy]),
    eraseAudio(deps, erasure),
    forgetAccepted(deps.blobs, jobId),
  ]);
  await deps.erasures.markSwept(erasure);
}

/**
 * Removes what was on its way during the first sweep, and nothing that an identical request has made since.
 * @throws PipelineError `storage_unavailable`, `queue_unavailable`
 */
export async function sweepAgain(
  deps: Pick<EraseJob, 'source' | 'records' | 'results'>,
  erasure: Pick<Erasure, 'jobId' | 'resultKey'>,
): Promise<void> {
  const { jobId, resultKey } = erasure;
  await all([...eraseTraces(deps, erasure), deps.results.eraseOf(resultKey, jobId)]);
}

/** What may come into being again as long as somebody has the job in hand. */
function eraseTraces(
  { records, source: { bus } }: Pick<EraseJob, 'source' | 'records'>,
  { jobId, resultKey }: Pick<Erasure, 'jobId' | 'resultKey'>,
): readonly Promise<void>[] {
  return [
    eraseQueued(bus, jobId),
    eraseDeadLetters(bus, jobId),
    eraseEvents(bus, jobId),
    eraseWebhooks(bus, jobId),
    records.release(resultKey, jobId),
  ];
}

async function endJob({ source, records }: EraseJob, jobId: string): Promise<void> {
  try {
    await cancelJob(source, records, jobId);
  } catch (error) {
    if (!(error instanceof PipelineError && ENDED.includes(error.code))) throw error;
  }
}

async function eraseAudio({ blobs, records }: EraseJob, erasure: Erasure): Promise<void> {
  if (erasure.audioKey === undefined || (await isNeeded(records, erasure))) return;
  await blobs.delete(erasure.audioKey);
}

/** Whether another of the tenant's jobs of the same recording waits, runs, is about to, or may be tried again. */
async function isNeeded(records: JobRecords, { jobId: erasedId, resultKey }: Erasure): Promise<boolean> {
  for (const jobId of await records.jobsOfAudio(resultKey)) {
    if (jobId === erasedId) continue;
    const record = await records.get(jobId);
    if (record ? record.state !== 'completed' : !(await records.isErased(jobId))) return true;
  }
  return false;
}

/** @throws the first failure, after all have done what they can */
async function all(steps: readonly Promise<void>[]): Promise<void> {
  for (const step of await Promise.allSettled(steps)) if (step.status === 'rejected') throw step.reason;
}
