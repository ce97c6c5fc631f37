import type { Accepted } from '../submission/transcribe-upload.ts';
import { endOfHit } from '../webhooks/describe-end.ts';
import type { Wanted, Webhooks } from '../webhooks/webhooks.ts';
import { recordHit, type RecordHit } from './record-hit.ts';

export interface NameJob extends RecordHit {
  readonly webhooks: Webhooks;
}

export interface NamedFor {
  readonly then: 'wait' | 'leave';
  readonly wanted: Wanted | undefined;
}

/**
 * The job of an accepted upload, with the webhook that is to tell its end. A text that was there has one where its sender
 * comes back for it, or wants to be told of it; a webhook that is everybody's tells nothing of what needed no job.
 */
export async function nameJob(
  deps: NameJob,
  accepted: Accepted,
  { then, wanted }: NamedFor,
): Promise<string | undefined> {
  const { draft } = accepted;
  if (accepted.kind !== 'hit') {
    if (wanted) await deps.webhooks.register({ ...draft, jobId: accepted.jobId }, wanted);
    return accepted.jobId;
  }
  if (then === 'wait' && !wanted?.isAsked) return undefined;
  const record = await recordHit(deps, draft, accepted.wantedId);
  if (wanted)
    await deps.webhooks.register(
      record.job ?? { ...draft, jobId: record.jobId },
      wanted,
      endOfHit(record, accepted.result),
    );
  return record.jobId;
}
