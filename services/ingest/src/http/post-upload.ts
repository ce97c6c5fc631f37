import type { Context } from 'koa';
import type { ModelClass } from '@whisper/shared/contracts/identifiers';
import { callerOf } from '../callers/caller.ts';
import type { Asked, Given, UploadRoute } from '../dialects/dialect.ts';
import type { CacheCounts } from '../status/cache-counts.ts';
import type { Admission } from '../submission/admission.ts';
import type { KnownModels } from '../submission/parse-request.ts';
import { receiveUpload, type ReceivedUpload, type ReceiveLimits } from '../submission/receive-upload.ts';
import { answerUpload, type AcceptedUpload, type AnswerUpload } from './answer-upload.ts';
import { sendAccepted, type SendAccepted } from './send-accepted.ts';
import { wantsAsync } from './wants-async.ts';

export interface PostUpload extends AnswerUpload, SendAccepted {
  readonly admission: Admission;
  readonly models: KnownModels;
  readonly classOf: (model: string) => ModelClass;
  readonly limits: ReceiveLimits;
  readonly cacheCounts: CacheCounts;
}

/** What becomes of a request once its job is accepted: its sender waits for the text, or leaves and comes back. */
type Then = 'wait' | 'leave';

/** A file in, its transcript out, in the words of the route's dialect; or the job that will bring it. */
export function postUpload(deps: PostUpload, route: UploadRoute): (ctx: Context) => Promise<void> {
  return async (ctx) => {
    const then = route.answersWithJob || wantsAsync(ctx) ? 'leave' : 'wait';
    const upload = await accept(deps, route, ctx, then);
    deps.cacheCounts.count(upload.accepted.kind === 'submitted' ? 'miss' : upload.accepted.kind);
    if (then === 'leave') await sendAccepted(deps, ctx, upload.accepted);
    else await answerUpload(deps, ctx, upload);
  };
}

/** The upload is in the spool only while it is being accepted, not while its caller waits. */
async function accept(
  deps: PostUpload,
  route: UploadRoute,
  ctx: Context,
  then: Then,
): Promise<AcceptedUpload> {
  const { async: _async, ...query } = ctx.query;
  const parse = (fields: Given['fields']): Asked => route.parse({ query, fields }, deps.models);
  const early = parse({});
  await using upload = await receive(deps, route, ctx, early);
  const asked = parse(upload.fields);
  const submission = { caller: callerOf(ctx), request: asked.request, file: upload.file, then };
  const accepted = await deps.transcriber.accept(submission);
  return { asked, accepted, fileName: upload.fileName };
}

async function receive(
  deps: PostUpload,
  { fileField }: UploadRoute,
  ctx: Context,
  { audioHeader, request }: Asked,
): Promise<ReceivedUpload> {
  using _admitted = await deps.admission.admit(ctx.req, callerOf(ctx), deps.classOf(request.model));
  if (ctx.req.headers.expect) ctx.res.writeContinue();
  return await receiveUpload(ctx, { ...deps.limits, fileField, ...(audioHeader && { audioHeader }) });
}
