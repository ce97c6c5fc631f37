import type { Context } from 'koa';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { queuedRecord, type JobRecord } from '@whisper/shared/contracts/job-record';
import type { ModelClass } from '@whisper/shared/contracts/identifiers';
import { jobPath } from '../jobs/describe-job.ts';
import { newJobId } from '../submission/submit-job.ts';
import type { Accepted } from '../submission/transcribe-upload.ts';
import { sendJob, type JobRoutes } from './job-routes.ts';

export interface SendAccepted extends JobRoutes {
  readonly classOf: (model: string) => ModelClass;
}

/** 202 with the job and where to find it: it is stored and queued, and nobody needs to wait. */
export async function sendAccepted(deps: SendAccepted, ctx: Context, accepted: Accepted): Promise<void> {
  const record =
    accepted.kind === 'hit' ? await recordHit(deps, accepted) : await leave(deps, accepted.jobId);
  ctx.status = 202;
  ctx.set('Location', jobPath(record.jobId));
  if (ctx.get('Prefer') !== '') ctx.set('Preference-Applied', 'respond-async');
  ctx.set('X-Cache', accepted.kind === 'submitted' ? 'miss' : accepted.kind);
  await sendJob(deps, ctx, record);
}

/** A text that was there already has no job; whoever asks for one gets one that has ended. */
async function recordHit(deps: SendAccepted, { draft }: Accepted): Promise<JobRecord> {
  const job = { ...draft, jobId: newJobId() };
  const queued = queuedRecord(job, deps.classOf(job.model));
  const record: JobRecord = { ...queued, state: 'completed', finishedAt: new Date().toISOString() };
  await deps.records.create(record);
  return record;
}

/** From now on the job goes on though nobody waits. */
async function leave({ records }: SendAccepted, jobId: string): Promise<JobRecord> {
  const record = await records.get(jobId);
  if (!record) throw new PipelineError('internal', 'an accepted job has no record');
  if (record.attached === undefined) return record;
  const { value } = await records.change({ value: record }, ({ attached: _attached, ...rest }) => rest);
  return value;
}
