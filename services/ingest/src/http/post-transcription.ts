import type { Context } from 'koa';
import type { ModelClass } from '@whisper/shared/contracts/identifiers';
import { renderTranscript, type Rendering } from '@whisper/speech/formats/render-transcript';
import type { Admission } from '../submission/admission.ts';
import type { KnownModels } from '../submission/parse-request.ts';
import { readParameters } from '../submission/read-parameters.ts';
import { receiveUpload, type ReceivedUpload, type ReceiveLimits } from '../submission/receive-upload.ts';
import type { Accepted, Transcriber } from '../submission/transcribe-upload.ts';
import type { CacheCounts } from '../status/cache-counts.ts';
import { waitLimit } from './wait-limit.ts';

export interface PostTranscription {
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

interface AcceptedRequest {
  readonly accepted: Accepted;
  readonly rendering: Rendering;
}

/** `POST /transcribe`: a file in, its text out in the format that was asked for, `{"text"}` by default. */
export function postTranscription(deps: PostTranscription): (ctx: Context) => Promise<void> {
  return async (ctx) => {
    const { accepted, rendering } = await accept(deps, ctx);
    using limit = waitLimit(ctx.req.socket, deps.waitMs, deps.giveUp);
    const answer = await deps.transcriber.answer(accepted, limit.signal);
    deps.cacheCounts.count(answer.cache);
    ctx.set('X-Cache', answer.cache);
    if (answer.jobId) ctx.set('X-Job-Id', answer.jobId);
    const { contentType, body } = renderTranscript(answer.transcript, rendering);
    ctx.set('Content-Type', contentType);
    ctx.body = body;
  };
}

/** The upload is in the spool only while it is being accepted, not while its caller waits. */
async function accept(deps: PostTranscription, ctx: Context): Promise<AcceptedRequest> {
  const early = readParameters(ctx.query, {}, deps.models);
  await using upload = await receive(deps, ctx, deps.classOf(early.request.model));
  const { request, rendering } = readParameters(ctx.query, upload.fields, deps.models);
  return { accepted: await deps.transcriber.accept(request, upload.file), rendering };
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
