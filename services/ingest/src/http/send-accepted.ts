import type { Context } from 'koa';
import { PipelineError } from '@whisper/shared/contracts/errors';
import type { JobRecord } from '@whisper/shared/contracts/job-record';
import { jobPath } from '../jobs/describe-job.ts';
import type { AcceptedUpload } from './answer-upload.ts';
import { sendJob, type JobRoutes } from './job-routes.ts';

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
  const record = jobId === undefined ? undefined : await records.get(jobId);
  if (!record) throw new PipelineError('internal', 'an accepted job has no record');
  if (record.attached === undefined) return record;
  const { value } = await records.change({ value: record }, ({ attached: _attached, ...rest }) => rest);
  return value;
}
