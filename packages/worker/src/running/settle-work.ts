import type { Delivery } from '@whisper/shared/bus/delivery';
import type { ErrorCode, PipelineError } from '@whisper/shared/contracts/errors';
import { audioBlobKey } from '@whisper/shared/contracts/job';
import type { JobError, JobRecord, JobState } from '@whisper/shared/contracts/job-record';
import { announceEnd } from './announce-end.ts';
import type { Running } from './running.ts';
import type { WorkerDeps } from './worker-deps.ts';

/** Outages: they are not the job's fault and burn none of its attempts. */
const OUTAGES: readonly ErrorCode[] = ['queue_unavailable', 'queue_full', 'storage_unavailable', 'stopping'];
/** The file's own fault: its audio is of no use to keep. */
const FILE_FAULTS: readonly ErrorCode[] = ['undecodable_audio', 'no_audio_track', 'audio_too_long'];
const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 60_000;

/** The result is stored: says so, once, and takes the job out of the queue. */
export async function settleSuccess(deps: WorkerDeps, delivery: Delivery, running: Running): Promise<void> {
  const record = await deps.records.change(running.record, (current) => ({
    ...current,
    state: 'completed',
    finishedAt: new Date().toISOString(),
  }));
  await settleEnded(deps, delivery, { ...running, record });
}

/** A job whose end is decided, by us now or by somebody before: subscribers hear of it, the queue forgets it. */
export async function settleEnded(deps: WorkerDeps, delivery: Delivery, ended: Running): Promise<void> {
  await announceEnd(deps, delivery, ended);
  await delivery.ack();
}

/** Hands the job back for another try, or ends it when no try can help or all are used. */
export async function settleFailure(
  deps: WorkerDeps,
  delivery: Delivery,
  running: Running,
  error: PipelineError,
): Promise<'handed back' | JobState> {
  const isOutage = OUTAGES.includes(error.code);
  const now = new Date().toISOString();
  const record = await deps.records.change(running.record, (current) => ({
    ...current,
    ...(isLastTry(deps, current, error) ? { state: 'failed', finishedAt: now } : { state: 'queued' }),
    attempts: isOutage ? Math.max(0, current.attempts - 1) : current.attempts,
    error: toJobError(error),
  }));
  if (record.value.state === 'queued') {
    delivery.nak(error.code === 'stopping' ? 0 : delayAfter(delivery.deliveryCount));
    return 'handed back';
  }
  if (FILE_FAULTS.includes(error.code)) await deps.blobs.delete(audioBlobKey(running.work.job.audio.sha256));
  await settleEnded(deps, delivery, { ...running, record });
  return record.value.state;
}

function isLastTry(deps: WorkerDeps, record: JobRecord, error: PipelineError): boolean {
  if (OUTAGES.includes(error.code)) return false;
  return !error.retryable || record.attempts >= deps.maxAttempts;
}

/** Doubles with each delivery, with jitter, up to a minute. */
function delayAfter(deliveryCount: number): number {
  return Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (deliveryCount - 1)) * (0.75 + Math.random() / 2);
}

function toJobError({ code, message, field }: PipelineError): JobError {
  return { code, message, ...(field && { field }) };
}
