import type Router from '@koa/router';
import type { Context } from 'koa';
import { askPosition } from '@whisper/shared/bus/ask-scheduler';
import { isTerminal, type JobRecord } from '@whisper/shared/contracts/job-record';
import type { Place } from '@whisper/shared/contracts/scheduler-questions';
import { cancelJob } from '@whisper/shared/jobs/cancel-job';
import { listJobs } from '@whisper/shared/jobs/list-jobs';
import type { Logger } from '@whisper/shared/kit/logger';
import type { ResultCache } from '@whisper/shared/storage/result-cache';
import type { WorkerRegistry } from '@whisper/shared/storage/worker-registry';
import { renderTranscript } from '@whisper/speech/formats/render-transcript';
import { callerOf } from '../callers/caller.ts';
import type { Eraser } from '../erasure/eraser.ts';
import { describeJob, jobPath } from '../jobs/describe-job.ts';
import { findJob } from '../jobs/find-job.ts';
import { findResult } from '../jobs/find-result.ts';
import { readJobId, readJobQuery } from '../jobs/read-job-query.ts';
import { readResultQuery, renderingFor } from '../jobs/read-result-query.ts';
import { retryFor, type RetryFor } from '../submission/retry-for.ts';
import { queryFlag } from './query-flag.ts';

export interface JobRoutes extends RetryFor {
  readonly log: Logger;
  readonly results: ResultCache;
  readonly workers: WorkerRegistry;
  readonly eraser: Eraser;
}

/** Jobs by their id: look, fetch, try again, cancel, erase; and all of them, page by page. */
export function addJobRoutes(router: Router, deps: JobRoutes): void {
  router.get('/jobs', async (ctx) => {
    const { jobs, next } = await listJobs(deps.bus, {
      ...readJobQuery(ctx.query),
      tenant: callerOf(ctx).tenant,
    });
    const workers = deps.workers.workers();
    ctx.body = { jobs: jobs.map((job) => describeJob(job, workers)), next: next?.toString() ?? null };
  });
  router.get('/jobs/:id', async (ctx) => {
    await sendJob(deps, ctx, await findJob(deps.records, callerOf(ctx), idOf(ctx.params)));
  });
  router.get('/jobs/:id/result', async (ctx) => {
    const asked = readResultQuery(ctx.query);
    const record = await findJob(deps.records, callerOf(ctx), idOf(ctx.params));
    const { transcript } = await findResult(deps.results, record);
    const { body, contentType } = renderTranscript(transcript, renderingFor(record, transcript, asked));
    ctx.set('Content-Type', contentType);
    ctx.body = body;
  });
  router.post('/jobs/:id/retry', async (ctx) => {
    const caller = callerOf(ctx);
    const record = await findJob(deps.records, caller, idOf(ctx.params));
    const opened = await retryFor(deps, caller, record);
    ctx.status = 202;
    ctx.set('Location', jobPath(opened.jobId));
    await sendJob(deps, ctx, opened);
  });
  router.delete('/jobs/:id', async (ctx) => {
    const jobId = idOf(ctx.params);
    if (queryFlag(ctx, 'erase')) {
      await sendErased(deps, ctx, jobId);
      return;
    }
    await findJob(deps.records, callerOf(ctx), jobId);
    await sendJob(deps, ctx, await cancelJob({ bus: deps.bus, name: 'ingest' }, deps.records, jobId));
  });
}

const idOf = (params: unknown): string => readJobId((params as { id?: string }).id);

/** 202 until nothing is left; asked again, 200 tells that it is so. */
async function sendErased({ eraser, records }: JobRoutes, ctx: Context, jobId: string): Promise<void> {
  if (!(await records.isErased(jobId))) await findJob(records, callerOf(ctx), jobId);
  const state = await eraser.erase(jobId);
  ctx.status = state === 'erased' ? 200 : 202;
  ctx.body = { jobId, state };
}

/** One job with its place in the queue; while no scheduler leads, without. */
export async function sendJob(deps: JobRoutes, ctx: Context, record: JobRecord): Promise<void> {
  const place = isTerminal(record.state) ? undefined : await placeOf(deps, record.jobId);
  const view = describeJob(record, deps.workers.workers());
  ctx.body = {
    ...view,
    lane: view.lane ?? place?.lane ?? null,
    position: place?.position ?? null,
    etaSeconds: place?.etaSeconds ?? null,
  };
}

async function placeOf({ bus, log }: JobRoutes, jobId: string): Promise<Place | undefined> {
  try {
    return await askPosition(bus, jobId);
  } catch (err) {
    log.warn({ err, jobId }, 'place in the queue not known');
    return undefined;
  }
}
