import type { Context } from 'koa';
import type { ModelClass } from '@whisper/shared/contracts/identifiers';
import type { Asked, UploadRoute } from '../dialects/dialect.ts';
import type { CacheCounts } from '../status/cache-counts.ts';
import type { Admission } from '../submission/admission.ts';
import type { KnownModels } from '../submission/parse-request.ts';
import { receiveUpload, type ReceivedUpload, type ReceiveLimits } from '../submission/receive-upload.ts';
import type { Accepted, Transcriber } from '../submission/transcribe-upload.ts';
import { waitLimit } from './wait-limit.ts';

export interface PostUpload {
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

/** A file in, its transcript out, in the words of the route's dialect. */
export function postUpload(deps: PostUpload, route: UploadRoute): (ctx: Context) => Promise<void> {
  return async (ctx) => {
    const { accepted, asked } = await accept(deps, route, ctx);
    using limit = waitLimit(ctx.req.socket, deps.waitMs, deps.giveUp);
    const answer = await deps.transcriber.answer(accepted, limit.signal);
    deps.cacheCounts.count(answer.cache);
    ctx.set('X-Cache', answer.cache);
    if (answer.jobId) ctx.set('X-Job-Id', answer.jobId);
    const { body, contentType } = asked.answer.render(answer.transcript);
    ctx.set('Content-Type', contentType);
    ctx.body = body;
  };
}

interface AcceptedUpload {
  readonly asked: Asked;
  readonly accepted: Accepted;
}

/** The upload is in the spool only while it is being accepted, not while its caller waits. */
async function accept(deps: PostUpload, route: UploadRoute, ctx: Context): Promise<AcceptedUpload> {
  const early = route.parse({ query: ctx.query, fields: {} }, deps.models);
  await using upload = await receive(deps, route, ctx, deps.classOf(early.request.model));
  const asked = route.parse({ query: ctx.query, fields: upload.fields }, deps.models);
  return { asked, accepted: await deps.transcriber.accept(asked.request, upload.file) };
}

async function receive(
  deps: PostUpload,
  { fileField }: UploadRoute,
  ctx: Context,
  modelClass: ModelClass,
): Promise<ReceivedUpload> {
  using _admitted = await deps.admission.admit(ctx.req, modelClass);
  if (ctx.req.headers.expect) ctx.res.writeContinue();
  return await receiveUpload(ctx, { ...deps.limits, fileField });
}
