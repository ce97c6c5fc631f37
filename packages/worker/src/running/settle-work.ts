import type { Delivery } from '@whisper/shared/bus/delivery';
import type { PipelineError } from '@whisper/shared/contracts/errors';
import {
  countedAttempts,
  type JobError,
  type JobRecord,
  type JobState,
} from '@whisper/shared/contracts/job-record';
import { forgetAccepted } from '@whisper/shared/storage/accepted-jobs';
import { announceEnd } from './announce-end.ts';
import { judgeFailure, type Verdict } from './retry-policy.ts';
import type { Running } from './running.ts';
import type { WorkerDeps } from './worker-deps.ts';

/** The result is stored: says so, once, and takes the job out of the queue. */
export async function settleSuccess(deps: WorkerDeps, delivery: Delivery, running: Running): Promise<void> {
  const record = await deps.records.change(running.record, ({ error: _overcome, ...current }) => ({
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
  const { jobId } = ended.work.job;
  // Not waited for: when it fails the note expires with its audio, and the record tells that the job has ended.
  forgetAccepted(deps.blobs, jobId).catch((err: unknown) => {
    deps.log.warn({ err, jobId }, 'note of the accepted job not removed');
  });
}

/** Hands the job back for another try, or ends it when no try can help or all are used. */
export async function settleFailure(
  deps: WorkerDeps,
  delivery: Delivery,
  running: Running,
  error: PipelineError,
): Promise<'handed back' | 'opened anew' | JobState> {
  const now = new Date().toISOString();
  let verdict: Verdict = { kind: 'fail' };
  const record = await deps.records.change(running.record, (current) => {
    if (isOpenedAnew(running, current)) return current;
    const attempts = countedAttempts(current);
    const failed = { error, attempts, deliveries: delivery.deliveryCount };
    verdict = judgeFailure(failed, deps.maxAttempts, Math.random());
    return { ...current, ...afterFailure(current, verdict, now), error: toJobError(error) };
  });
  if (isOpenedAnew(running, record.value)) {
    await delivery.ack();
    return 'opened anew';
  }
  if (record.value.state === 'queued') {
    delivery.nak(delayOf(verdict));
    return 'handed back';
  }
  await settleEnded(deps, delivery, { ...running, record });
  return record.value.state;
}

/** It was cancelled and is tried again: that is another message's matter. */
const isOpenedAnew = ({ record }: Running, current: JobRecord): boolean =>
  current.attemptsForgiven !== record.value.attemptsForgiven;

function afterFailure(record: JobRecord, verdict: Verdict, now: string): Partial<JobRecord> {
  if (verdict.kind === 'fail') return { state: 'failed', finishedAt: now };
  const attempts = verdict.burnsAttempt ? record.attempts : Math.max(0, record.attempts - 1);
  return { state: 'queued', attempts };
}

const delayOf = (verdict: Verdict): number => (verdict.kind === 'retry' ? verdict.delayMs : 0);

function toJobError({ code, message, field }: PipelineError): JobError {
  return { code, message, ...(field && { field }) };
}
