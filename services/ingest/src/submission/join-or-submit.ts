import { isTerminal } from '@whisper/shared/contracts/job-record';
import type { Job } from '@whisper/shared/contracts/job';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import type { CachedResult } from '@whisper/shared/storage/result-cache';
import type { SpooledFile } from './hash-upload.ts';
import { newJobId, submitJob, type SubmitJob } from './submit-job.ts';

export interface JoinOrSubmit extends SubmitJob {
  readonly lookUp: (resultKey: string, model: string) => Promise<CachedResult | undefined>;
}

export type Joined =
  | { readonly kind: 'hit'; readonly result: CachedResult }
  | { readonly kind: 'joined' | 'submitted'; readonly jobId: string };

/** What every job of one request has in common. */
export type JobDraft = Omit<Job, 'jobId'>;

/** Where the audio is until it is stored, and how its sender goes on. */
export interface Upload {
  readonly file: SpooledFile;
  readonly then: 'wait' | 'leave';
  /** The id that a new job is to have; else one is made. */
  readonly jobId?: string;
}

/**
 * Identical requests run once: attaches to the job in flight for this result key, or submits one. A job whose
 * record is missing may have lost its submitter half-way, so it is submitted again under its own id; one that
 * has ended without a result that counts is replaced.
 */
export async function joinOrSubmit(
  deps: JoinOrSubmit,
  draft: JobDraft,
  { file, jobId: wantedId, then }: Upload,
): Promise<Joined> {
  // Most often nothing is in flight, so that is tried first.
  for (let flight: Flight = { kind: 'none' }; ; flight = await findFlight(deps.records, draft.resultKey)) {
    if (flight.kind === 'running') return { kind: 'joined', jobId: flight.jobId };
    if (flight.kind === 'unsubmitted') {
      await submitJob(deps, { ...draft, jobId: flight.jobId }, file, then);
      return { kind: 'joined', jobId: flight.jobId };
    }
    const result = flight.kind === 'ended' ? await deps.lookUp(draft.resultKey, draft.model) : undefined;
    if (result) return { kind: 'hit', result };
    const jobId = wantedId ?? newJobId();
    if (!(await deps.records.claim(draft.resultKey, jobId, flight.revision))) continue;
    await submitJob(deps, { ...draft, jobId }, file, then);
    return { kind: 'submitted', jobId };
  }
}

type Flight =
  | { readonly kind: 'running'; readonly jobId: string }
  | { readonly kind: 'unsubmitted'; readonly jobId: string }
  | { readonly kind: 'ended' | 'erased'; readonly revision: number }
  | { readonly kind: 'none'; readonly revision?: never };

async function findFlight(records: JobRecords, key: string): Promise<Flight> {
  const flight = await records.inFlight(key);
  if (!flight) return { kind: 'none' };
  const record = await records.get(flight.value);
  if (!record) {
    const isErased = await records.isErased(flight.value);
    return isErased
      ? { kind: 'erased', revision: flight.revision }
      : { kind: 'unsubmitted', jobId: flight.value };
  }
  if (isTerminal(record.state)) return { kind: 'ended', revision: flight.revision };
  return { kind: 'running', jobId: flight.value };
}
