import { PipelineError } from '@whisper/shared/contracts/errors';
import { DEFAULT_TENANT } from '@whisper/shared/contracts/identifiers';
import type { JobRecord } from '@whisper/shared/contracts/job-record';
import { resultKey } from '@whisper/shared/contracts/result-key';
import type { Transcript } from '@whisper/shared/contracts/transcript';
import { unlessAborted } from '@whisper/shared/kit/unless-aborted';
import type { ResultCache } from '@whisper/shared/storage/result-cache';
import { findResult } from '../jobs/find-result.ts';
import type { Abandonment } from './abandonment.ts';
import type { Completions } from './completions.ts';
import type { SpooledFile } from './hash-upload.ts';
import { joinOrSubmit, type JobDraft, type Joined, type JoinOrSubmit } from './join-or-submit.ts';
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

/** An upload that needs its file no more: its text is there, or a job will bring it. */
export type Accepted = Joined & { readonly draft: JobDraft };

export interface Transcriber {
  /**
   * Finds the text of an upload in the cache, joins a job in flight, or submits one.
   * @param then whether its sender waits for the text, or comes back for it
   * @throws PipelineError why it could not be accepted
   */
  readonly accept: (
    request: TranscriptionRequest,
    file: SpooledFile,
    then: 'wait' | 'leave',
  ) => Promise<Accepted>;
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
    accept: async (request, file, then) => {
      const key = resultKey(file.sha256, request.model, request.options);
      const result = await deps.lookUp(key, request.model);
      const draft = {
        version: 1 as const,
        resultKey: key,
        audio: { sha256: file.sha256, sizeBytes: file.sizeBytes },
        ...request,
        tenant: DEFAULT_TENANT,
        submittedAt: new Date().toISOString(),
      };
      if (result) return { kind: 'hit', result, draft };
      return { ...(await join(key, () => joinOrSubmit(deps, draft, file, then))), draft };
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
