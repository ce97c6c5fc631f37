import type { Context } from 'koa';
import type { ModelClass } from '@whisper/shared/contracts/identifiers';
import type { Admission } from '../submission/admission.ts';
import { parseRequest, type KnownModels } from '../submission/parse-request.ts';
import { receiveUpload, type ReceivedUpload, type ReceiveLimits } from '../submission/receive-upload.ts';
import type { Accepted, Transcriber } from '../submission/transcribe-upload.ts';
import type { CacheCounts } from '../status/cache-counts.ts';
import { sendAccepted, type SendAccepted } from './send-accepted.ts';
import { sendTranscript } from './send-transcript.ts';
import { waitLimit } from './wait-limit.ts';
import { wantsAsync } from './wants-async.ts';

export interface PostTranscription extends SendAccepted {
  readonly admission: Admission;
  readonly models: KnownModels;
  readonly classOf: (model: string) => ModelClass;
  readonly limits: ReceiveLimits;
  readonly transcriber: Transcriber;
  readonly cacheCounts: CacheCounts;
  readonly waitMs: number;
  /** Aborts when the drain time is up. */
  readonly giveUp: AbortSignal;
}

/** `POST /transcribe`: a file in, `{"text"}` out, or a job to follow where the client asks for that. */
export function postTranscription(deps: PostTranscription): (ctx: Context) => Promise<void> {
  const postJob = createPostJob(deps);
  return async (ctx) => {
    if (wantsAsync(ctx)) {
      await postJob(ctx);
      return;
    }
    const accepted = await accept(deps, ctx, 'wait');
    using limit = waitLimit(ctx.req.socket, deps.waitMs, deps.giveUp);
    const answer = await deps.transcriber.answer(accepted, limit.signal);
    deps.cacheCounts.count(answer.cache);
    ctx.set('X-Cache', answer.cache);
    if (answer.jobId) ctx.set('X-Job-Id', answer.jobId);
    sendTranscript(ctx, answer.transcript);
  };
}

/** `POST /jobs`: a file in, the job that will bring its text out, at once. */
export function createPostJob(deps: PostTranscription): (ctx: Context) => Promise<void> {
  return async (ctx) => {
    const accepted = await accept(deps, ctx, 'leave');
    await sendAccepted(deps, ctx, accepted);
  };
}

/** The upload is in the spool only while it is being accepted, not while its caller waits. */
async function accept(deps: PostTranscription, ctx: Context, then: 'wait' | 'leave'): Promise<Accepted> {
  const { async: _async, ...query } = ctx.query;
  const early = parseRequest(query, {}, deps.models);
  await using upload = await receive(deps, ctx, deps.classOf(early.model));
  const request = parseRequest(query, upload.fields, deps.models);
  return await deps.transcriber.accept(request, upload.file, then);
}

async function receive(
  deps: PostTranscription,
  ctx: Context,
  modelClass: ModelClass,
): Promise<ReceivedUpload> {
  using _admitted = await deps.admission.admit(ctx.req, modelClass);
  if (ctx.req.headers.expect) ctx.res.writeContinue();
  return await receiveUpload(ctx, deps.limits);
}
