import type { Context } from 'koa';
import type { ModelClass } from '@whisper/shared/contracts/identifiers';
import { callerOf } from '../callers/caller.ts';
import { takeCommonFields, type CommonFields } from '../dialects/common-fields.ts';
import type { Asked, Given, UploadRoute } from '../dialects/dialect.ts';
import type { CacheCounts } from '../status/cache-counts.ts';
import { acceptOnce, type AcceptOnce } from '../submission/accept-once.ts';
import type { Admission } from '../submission/admission.ts';
import { fetchAudio, type FetchAudio } from '../submission/fetch-audio.ts';
import { requireForm } from '../submission/has-form.ts';
import type { KnownModels } from '../submission/parse-request.ts';
import { receiveUpload, type ReceivedUpload, type ReceiveLimits } from '../submission/receive-upload.ts';
import { answerUpload, type AcceptedUpload, type AnswerUpload } from './answer-upload.ts';
import { idempotencyKeyOf } from './idempotency-key.ts';
import type { JobRoutes } from './job-routes.ts';
import { nameJob, type NameJob } from './name-job.ts';
import { sendAccepted } from './send-accepted.ts';
import { waitLimit } from './wait-limit.ts';
import { wantsAsync } from './wants-async.ts';

export interface PostUpload extends AnswerUpload, JobRoutes, NameJob, AcceptOnce {
  readonly admission: Admission;
  readonly models: KnownModels;
  readonly classOf: (model: string) => ModelClass;
  readonly limits: ReceiveLimits;
  readonly fetching: FetchAudio;
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
    if (then === 'leave') await sendAccepted(deps, ctx, upload);
    else await answerUpload(deps, ctx, upload);
  };
}

/** A request, understood: what every dialect knows, and what its own says. */
interface Understood {
  readonly common: CommonFields;
  readonly asked: Asked;
}

/** The upload is in the spool only while it is being accepted, not while its caller waits. */
async function accept(
  deps: PostUpload,
  route: UploadRoute,
  ctx: Context,
  then: Then,
): Promise<AcceptedUpload> {
  const { async: _async, ...query } = ctx.query;
  const parse = (fields: Given['fields']): Understood => {
    const { common, rest } = takeCommonFields({ query, fields });
    return { common, asked: route.parse(rest, deps.models) };
  };
  const key = idempotencyKeyOf(ctx);
  await using upload = await receive(deps, route, ctx, parse);
  const { asked, common } = parse(upload.fields);
  const caller = callerOf(ctx);
  const wanted = await deps.webhooks.wanted(caller, common.webhook);
  const submission = { caller, request: asked.request, file: upload.file, then };
  const repeatable =
    key === undefined ? undefined : { key, path: route.path, parameters: { ...query, ...upload.fields } };
  const accepted = await acceptOnce(deps, repeatable, submission);
  if (accepted.isReplay) ctx.set('Idempotent-Replayed', 'true');
  const jobId = await nameJob(deps, accepted, { then, wanted });
  return { asked, accepted, jobId, fileName: upload.fileName };
}

/** What the query says is read before a byte of the body. */
async function receive(
  deps: PostUpload,
  { fileField }: UploadRoute,
  ctx: Context,
  parse: (fields: Given['fields']) => Understood,
): Promise<ReceivedUpload> {
  const { asked, common } = parse({});
  if (common.url === undefined) requireForm(ctx.req);
  const caller = callerOf(ctx);
  using _admitted = await deps.admission.admit(ctx.req, caller, deps.classOf(asked.request.model));
  if (ctx.req.headers.expect) ctx.res.writeContinue();
  using sender = waitLimit(ctx.req.socket, deps);
  return await receiveUpload(ctx, {
    ...{ ...deps.limits, fileField, ...(asked.audioHeader && { audioHeader: asked.audioHeader }) },
    urlIn: (fields) => parse(fields).common.url,
    fetchAudio: (url) => fetchAudio(deps.fetching, url, caller.tenant, sender.signal),
  });
}
