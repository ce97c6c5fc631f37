import type { Context } from 'koa';
import type { ModelClass } from '@whisper/shared/contracts/identifiers';
import type { Asked, UploadRoute } from '../dialects/dialect.ts';
import type { CacheCounts } from '../status/cache-counts.ts';
import type { Admission } from '../submission/admission.ts';
import type { KnownModels } from '../submission/parse-request.ts';
import { receiveUpload, type ReceivedUpload, type ReceiveLimits } from '../submission/receive-upload.ts';
import { answerUpload, type AcceptedUpload, type AnswerUpload } from './answer-upload.ts';

export interface PostUpload extends AnswerUpload {
  readonly admission: Admission;
  readonly models: KnownModels;
  readonly classOf: (model: string) => ModelClass;
  readonly limits: ReceiveLimits;
  readonly cacheCounts: CacheCounts;
}

/** A file in, its transcript out, in the words of the route's dialect. */
export function postUpload(deps: PostUpload, route: UploadRoute): (ctx: Context) => Promise<void> {
  return async (ctx) => {
    const upload = await accept(deps, route, ctx);
    deps.cacheCounts.count(upload.accepted.kind === 'submitted' ? 'miss' : upload.accepted.kind);
    await answerUpload(deps, ctx, upload);
  };
}

/** The upload is in the spool only while it is being accepted, not while its caller waits. */
async function accept(deps: PostUpload, route: UploadRoute, ctx: Context): Promise<AcceptedUpload> {
  const early = route.parse({ query: ctx.query, fields: {} }, deps.models);
  await using upload = await receive(deps, route, ctx, early);
  const asked = route.parse({ query: ctx.query, fields: upload.fields }, deps.models);
  const accepted = await deps.transcriber.accept(asked.request, upload.file);
  return { asked, accepted, fileName: upload.fileName };
}

async function receive(
  deps: PostUpload,
  { fileField }: UploadRoute,
  ctx: Context,
  { audioHeader, request }: Asked,
): Promise<ReceivedUpload> {
  using _admitted = await deps.admission.admit(ctx.req, deps.classOf(request.model));
  if (ctx.req.headers.expect) ctx.res.writeContinue();
  return await receiveUpload(ctx, { ...deps.limits, fileField, ...(audioHeader && { audioHeader }) });
}
