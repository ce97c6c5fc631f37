import { PipelineError } from '@whisper/shared/contracts/errors';
import type { JobRecord } from '@whisper/shared/contracts/job-record';
import { resultKey } from '@whisper/shared/contracts/result-key';
import type { Transcript } from '@whisper/shared/contracts/transcript';
import { unlessAborted } from '@whisper/shared/kit/unless-aborted';
import type { ResultCache } from '@whisper/shared/storage/result-cache';
import type { Caller } from '../callers/caller.ts';
import { findResult } from '../jobs/find-result.ts';
import type { Abandonment } from './abandonment.ts';
import type { Completions } from './completions.ts';
import {
  joinOrSubmit,
  type JobDraft,
  type Joined,
  type JoinOrSubmit,
  type Upload,
} from './join-or-submit.ts';
import type { TranscriptionRequest } from './parse-request.ts';

export type CacheOutcome = 'hit' | 'joined' | 'miss';

export interface Answer {
  readonly transcript: Transcript;
  readonly cache: CacheOutcome;
  readonly jobId?: string;
}

export interface TranscribeUpload extends JoinOrSubmit {
  readonly results: ResultCache;
  readonly completions: Completions;
  readonly abandonment: Abandonment;
}

/** What was sent, by whom, and whether its sender waits for the text or comes back for it. */
export interface Submission extends Upload {
  readonly caller: Caller;
  readonly request: TranscriptionRequest;
}

/** An upload that needs its file no more: its text is there, or a job will bring it. */
export type Accepted = Joined & {
  readonly draft: JobDraft;
  /** The id that a new job was to have. */
  readonly wantedId?: string;
};

export interface Transcriber {
  /**
   * Finds the text of an upload in the cache, joins a job in flight, or submits one; among those of its tenant.
   * @throws PipelineError why it could not be accepted
   */
  readonly accept: (submission: Submission) => Promise<Accepted>;
  /**
   * Waits for the text.
   * @param signal ends the waiting, not the job
   * @throws PipelineError what made the job fail; the signal's reason
   */
  readonly answer: (accepted: Accepted, signal: AbortSignal) => Promise<Answer>;
}

export function createTranscriber(deps: TranscribeUpload): Transcriber {
  const joining = new Map<string, Promise<Joined>>();
  /** Identical uploads that arrive together share one look at the bucket, one upload to the store. */
  const join = async (key: string, work: () => Promise<Joined>): Promise<Joined> => {
    const first = joining.get(key);
    if (first) return asJoined(await first);
    const mine = work().finally(() => joining.delete(key));
    joining.set(key, mine);
    return mine;
  };
  return {
    accept: async (submission) => {
      const draft = draftOf(submission);
      const result = await deps.lookUp(draft.resultKey, draft.model);
      const wantedId = submission.jobId === undefined ? {} : { wantedId: submission.jobId };
      if (result) return { kind: 'hit', result, draft, ...wantedId };
      const joined = await join(draft.resultKey, () => joinOrSubmit(deps, draft, submission));
      return { ...joined, draft, ...wantedId };
    },
    answer: async (accepted, signal) => {
      if (accepted.kind === 'hit') return { transcript: accepted.result.transcript, cache: 'hit' };
      const { jobId, kind } = accepted;
      const record = await endOf(deps, jobId, signal);
      const { transcript } = await findResult(deps.results, record);
      return { transcript, cache: kind === 'joined' ? 'joined' : 'miss', jobId };
    },
  };
}

export function draftOf({ caller: { key, tenant }, file, request }: Submission): JobDraft {
  const { sha256, sizeBytes } = file;
  return {
    version: 1,
    resultKey: resultKey({ tenant, audioSha256: sha256, model: request.model, options: request.options }),
    audio: { sha256, sizeBytes },
    ...request,
    tenant,
    ...(key && { keyId: key.keyId }),
    submittedAt: new Date().toISOString(),
  };
}

async function endOf(deps: TranscribeUpload, jobId: string, signal: AbortSignal): Promise<JobRecord> {
  try {
    using waiter = deps.completions.waitFor(jobId);
    return await unlessAborted(waiter.ended, signal);
  } catch (error) {
    if (isClientGone(error)) deps.abandonment.clientGone(jobId);
    throw error;
  }
}

const isClientGone = (error: unknown): boolean =>
  error instanceof PipelineError && error.code === 'upload_aborted';

const asJoined = (first: Joined): Joined =>
  first.kind === 'submitted' ? { ...first, kind: 'joined' } : first;
