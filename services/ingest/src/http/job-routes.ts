import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Bus } from '@whisper/shared/bus/connect';
import { PipelineError } from '@whisper/shared/contracts/errors';
import type { JobRecord } from '@whisper/shared/contracts/job-record';
import { cancelJob } from '@whisper/shared/jobs/cancel-job';
import { listJobs } from '@whisper/shared/jobs/list-jobs';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import type { ResultCache } from '@whisper/shared/storage/result-cache';
import type { WorkerRegistry } from '@whisper/shared/storage/worker-registry';
import { describeJob } from '../jobs/describe-job.ts';
import { findResult } from '../jobs/find-result.ts';
import { readJobId, readJobQuery } from '../jobs/read-job-query.ts';
import { sendTranscript } from './send-transcript.ts';

export interface JobRoutes {
  readonly bus: Bus;
  readonly records: JobRecords;
  readonly results: ResultCache;
  readonly workers: WorkerRegistry;
}

/** Jobs by their id: look, fetch, cancel; and all of them, page by page. */
export function addJobRoutes(router: Router, deps: JobRoutes): void {
  router.get('/jobs', async (ctx) => {
    const { jobs, next } = await listJobs(deps.bus, readJobQuery(ctx.query));
    const workers = deps.workers.workers();
    ctx.body = { jobs: jobs.map((job) => describeJob(job, workers)), next: next?.toString() ?? null };
  });
  router.get('/jobs/:id', async (ctx) => {
    await sendJob(deps, ctx, await findJob(deps, idOf(ctx.params)));
  });
  router.get('/jobs/:id/result', async (ctx) => {
    const { transcript } = await findResult(deps.results, await findJob(deps, idOf(ctx.params)));
    sendTranscript(ctx, transcript);
  });
  router.delete('/jobs/:id', async (ctx) => {
    const jobId = idOf(ctx.params);
    await sendJob(deps, ctx, await cancelJob({ bus: deps.bus, name: 'ingest' }, deps.records, jobId));
  });
}

const idOf = (params: unknown): string => readJobId((params as { id?: string }).id);

async function findJob({ records }: JobRoutes, jobId: string): Promise<JobRecord> {
  const record = await records.get(jobId);
  if (record) return record;
  throw new PipelineError('unknown_job', 'there is no such job');
}

/** One job with its place in the queue. */
export function sendJob(deps: JobRoutes, ctx: Context, record: JobRecord): Promise<void> {
  ctx.body = { ...describeJob(record, deps.workers.workers()), position: null, etaSeconds: null };
  return Promise.resolve();
}
