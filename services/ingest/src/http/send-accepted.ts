import type { Context } from 'koa';
import { PipelineError } from '@whisper/shared/contracts/errors';
import type { JobRecord } from '@whisper/shared/contracts/job-record';
import { retry } from '@whisper/shared/kit/retry';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import { jobPath } from '../jobs/describe-job.ts';
import type { AcceptedUpload } from './answer-upload.ts';
import { sendJob, type JobRoutes } from './job-routes.ts';

/** Longer than such a node takes, and soon enough to be asked again. */
const READABLE_MS = 3_000;

/** 202 with the job and where to find it: it is stored and queued, and nobody needs to wait. */
export async function sendAccepted(
  deps: JobRoutes,
  ctx: Context,
  { accepted, jobId }: AcceptedUpload,
): Promise<void> {
  const record = await leave(deps, jobId);
  ctx.status = 202;
  ctx.set('Location', jobPath(record.jobId));
  if (ctx.get('Prefer') !== '') ctx.set('Preference-Applied', 'respond-async');
  ctx.set('X-Cache', accepted.kind === 'submitted' ? 'miss' : accepted.kind);
  await sendJob(deps, ctx, record);
}

/** From now on the job goes on though nobody waits. */
async function leave({ records }: JobRoutes, jobId: string | undefined): Promise<JobRecord> {
  if (jobId === undefined) throw new PipelineError('internal', 'an accepted job has no name');
  const record = await retry(() => readAccepted(records, jobId), { budgetMs: READABLE_MS });
  if (record.attached === undefined) return record;
  const { value } = await records.change({ value: record }, ({ attached: _attached, ...rest }) => rest);
  return value;
}

/** A NATS node that has just begun to lead a bucket may not know yet what was acknowledged before. */
async function readAccepted(records: JobRecords, jobId: string): Promise<JobRecord> {
  const record = await records.get(jobId);
  if (record) return record;
  throw new PipelineError(
    'queue_unavailable',
    'the job is accepted, and its record cannot be read yet: ask again',
  );
}
