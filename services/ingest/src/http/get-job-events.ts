import type { RouterContext } from '@koa/router';
import type { Context } from 'koa';
import { PipelineError, toPipelineError } from '@whisper/shared/contracts/errors';
import { isTerminal, type JobRecord } from '@whisper/shared/contracts/job-record';
import type { Logger } from '@whisper/shared/kit/logger';
import { callerOf } from '../callers/caller.ts';
import { isEndAt } from '../events/is-end-at.ts';
import { tellJob, type TellJob } from '../events/tell-job.ts';
import { findJob } from '../jobs/find-job.ts';
import { readJobId } from '../jobs/read-job-query.ts';
import { answerInChunks } from './chunked-answer.ts';
import { formatSse, SSE_FILLER, SSE_KEEP_ALIVE_MS, SSE_TYPE } from './sse.ts';
import { waitLimit } from './wait-limit.ts';

export interface GetJobEvents extends TellJob {
  readonly log: Logger;
  readonly stop: AbortSignal;
}

/** Readers that were cut off come back after this long. */
const RETRY_MS = 2_000;
/** Why a reader is let go without being told anything: it comes back, or it has gone. */
const QUIET_ENDS = ['stopping', 'upload_aborted'];

/**
 * `GET /jobs/:id/events`: what has happened to a job and what comes, in server-sent events, until its end. An id is the
 * event's place in the stream, so that `Last-Event-ID` goes on after it. Who has had the end gets 204: do not come back.
 */
export function getJobEvents(deps: GetJobEvents): (ctx: RouterContext) => Promise<void> {
  return async (ctx) => {
    const record = await findJob(deps.records, callerOf(ctx), readJobId(ctx.params['id']));
    const after = lastEventId(ctx);
    if (after > 0 && isTerminal(record.state) && (await isEndAt(deps.bus, record.jobId, after))) {
      ctx.status = 204;
      return;
    }
    await answerInChunks(ctx, {
      contentType: SSE_TYPE,
      chunks: messages(deps, ctx, record, after),
      isWhole: false,
      filler: SSE_FILLER,
      everyMs: SSE_KEEP_ALIVE_MS,
    });
  };
}

async function* messages(
  deps: GetJobEvents,
  ctx: Context,
  record: JobRecord,
  after: number,
): AsyncGenerator<string, void> {
  using limit = waitLimit(ctx.req.socket, { giveUp: deps.stop });
  yield `retry: ${RETRY_MS}\n\n`;
  try {
    for await (const { event, kind, sequence } of tellJob(deps, record, after, limit.signal)) {
      const id = sequence === undefined ? {} : { id: String(sequence) };
      yield formatSse({ ...id, event: kind, data: event });
    }
  } catch (thrown) {
    const err = toPipelineError(thrown);
    if (!QUIET_ENDS.includes(err.code))
      deps.log.warn({ err, jobId: record.jobId }, 'reader of events let go');
  }
}

/** As the header, or as `?after=` for those who cannot set one. */
function lastEventId(ctx: Context): number {
  const given = ctx.get('Last-Event-ID') || ctx.query['after'];
  if (given === undefined) return 0;
  if (typeof given === 'string' && /^\d{1,15}$/.test(given)) return Number(given);
  throw new PipelineError('invalid_option', 'after: must be the id of an event', { field: 'after' });
}
