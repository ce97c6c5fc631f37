import { requestFingerprint } from '@whisper/shared/contracts/idempotency';
import type { IdempotentRequests } from './idempotent-requests.ts';
import { draftOf, type Accepted, type Submission, type Transcriber } from './transcribe-upload.ts';

export interface AcceptOnce {
  readonly transcriber: Transcriber;
  readonly idempotent: IdempotentRequests;
}

/** A request that may be sent again: the client's key, and what it says beside its file. */
export interface Repeatable {
  readonly key: string;
  readonly path: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export type AcceptedOnce = Accepted & { readonly isReplay: boolean };

/**
 * Accepts an upload; where its client has a key for it, finds the job that came of it when it was sent with this key before.
 * @throws PipelineError `idempotency_key_reused` when something else was; why it could not be accepted
 */
export async function acceptOnce(
  { idempotent, transcriber }: AcceptOnce,
  repeatable: Repeatable | undefined,
  submission: Submission,
): Promise<AcceptedOnce> {
  if (!repeatable) return { ...(await transcriber.accept(submission)), isReplay: false };
  const { key, parameters, path } = repeatable;
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  const fingerprint = requestFingerprint(key, [path, submission.file.sha256, sorted]);
  const request = { tenant: submission.caller.tenant, key, fingerprint };
  const { jobId, kind } = await idempotent.placeOf(request);
  if (kind === 'replay') return { kind: 'joined', jobId, draft: draftOf(submission), isReplay: true };
  const accepted = await transcriber.accept({ ...submission, jobId });
  if (accepted.kind !== 'hit' && accepted.jobId !== jobId) await idempotent.settle(request, accepted.jobId);
  return { ...accepted, isReplay: false };
}
