import { PipelineError } from '@whisper/shared/contracts/errors';
import type { JobRecord } from '@whisper/shared/contracts/job-record';
import { resultKey } from '@whisper/shared/contracts/result-key';
import type { Transcript } from '@whisper/shared/contracts/transcript';
import { deferred } from '@whisper/shared/kit/deferred';
import type { CachedResult, ResultCache } from '@whisper/shared/storage/result-cache';
import type { Completions, Waiter } from './completions.ts';
import type { SpooledFile } from './hash-upload.ts';
import { joinOrSubmit, type Joined, type JoinOrSubmit } from './join-or-submit.ts';
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
}

export interface Transcriber {
  /**
   * The text of an upload: from the cache, from a job in flight, or from a job of its own.
   * @param signal ends the waiting, not the job
   * @throws PipelineError what made the job fail, or why it could not be accepted
   */
  readonly transcribe: (
    request: TranscriptionRequest,
    file: SpooledFile,
    signal: AbortSignal,
  ) => Promise<Answer>;
}

export function createTranscriber(deps: TranscribeUpload): Transcriber {
  const joining = new Map<string, Promise<Joined>>();
  /** Identical uploads that arrive together share one look at the bucket, one upload to the store. */
  const join = async (key: string, work: () => Promise<Joined>): Promise<Joined> => {
    const first = joining.get(key);
    if (first)
      return first.then((joined) => (joined.kind === 'submitted' ? { ...joined, kind: 'joined' } : joined));
    const mine = work().finally(() => joining.delete(key));
    joining.set(key, mine);
    return mine;
  };
  return {
    transcribe: async (request, file, signal) => {
      const key = resultKey(file.sha256, request.model, request.options);
      const found = await deps.lookUp(key, request.model);
      if (found) return { transcript: found.transcript, cache: 'hit' };
      const draft = {
        version: 1 as const,
        resultKey: key,
        audio: { sha256: file.sha256, sizeBytes: file.sizeBytes },
        ...request,
        submittedAt: new Date().toISOString(),
      };
      const joined = await join(key, () => joinOrSubmit(deps, draft, file));
      if (joined.kind === 'hit') return { transcript: joined.result.transcript, cache: 'hit' };
      using waiter = deps.completions.waitFor(joined.jobId);
      const result = await resultOf(deps.results, key, await endOf(waiter, signal));
      return {
        transcript: result.transcript,
        cache: joined.kind === 'joined' ? 'joined' : 'miss',
        jobId: joined.jobId,
      };
    },
  };
}

async function endOf(waiter: Waiter, signal: AbortSignal): Promise<JobRecord> {
  signal.throwIfAborted();
  const aborted = deferred<never>();
  const onAbort = (): void => {
    aborted.reject(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([waiter.ended, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

async function resultOf(results: ResultCache, key: string, record: JobRecord): Promise<CachedResult> {
  if (record.state === 'completed') {
    const result = await results.get(key);
    if (result) return result;
  }
  const { code, message, field } = record.error ?? {
    code: 'internal' as const,
    message: 'the job has no result',
  };
  throw new PipelineError(code, message, { ...(field && { field }) });
}
