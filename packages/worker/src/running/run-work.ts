import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from '@whisper/shared/bus/delivery';
import {
  cancelledError,
  isErasedError,
  PipelineError,
  toPipelineError,
} from '@whisper/shared/contracts/errors';
import type { ModelClass } from '@whisper/shared/contracts/identifiers';
import { isTerminal } from '@whisper/shared/contracts/job-record';
import { workAssigned, type Work } from '@whisper/shared/contracts/work-assigned';
import type { CachedResult } from '@whisper/shared/storage/result-cache';
import { attempt } from './attempt.ts';
import { beginAttempt } from './begin-attempt.ts';
import { dropErased } from './drop-erased.ts';
import type { InHand } from './jobs-in-hand.ts';
import { keepAcked } from './keep-acked.ts';
import { createProgressEvents } from './progress-events.ts';
import { settleUnreadable } from './settle-unreadable.ts';
import { settleEnded, settleFailure, settleSuccess } from './settle-work.ts';
import type { WorkerDeps } from './worker-deps.ts';

/** An outage that ends a job at once must not make its slot spin. */
const AFTER_TROUBLE_MS = 500;

/**
 * Runs one delivery to its end: done, failed for good, or handed back for another try. Never rejects; a
 * delivery that could not be settled comes back by itself after the ack wait.
 */
export async function runWork(
  deps: WorkerDeps,
  delivery: Delivery,
  modelClass: ModelClass,
  slot: number,
): Promise<void> {
  using _acks = keepAcked(delivery);
  try {
    const work = parse(delivery);
    if (work) await runOnce(deps, delivery, work, slot);
    else await settleUnreadable(deps, delivery, modelClass);
  } catch (err) {
    deps.log.error({ err }, 'job could not be settled: it will be delivered again');
    await sleep(AFTER_TROUBLE_MS);
  } finally {
    deps.slots.idle(slot);
  }
}

function parse(delivery: Delivery): Work | undefined {
  try {
    return workAssigned.decode(delivery.data);
  } catch {
    return undefined; // told apart by the caller, who keeps it in DEAD
  }
}

/** A delivery of a job that this worker has in hand already (its progress acks were lost): the first settles both. */
async function runOnce(deps: WorkerDeps, delivery: Delivery, work: Work, slot: number): Promise<void> {
  using inHand = deps.inHand.take(work.job.jobId);
  if (!inHand) return;
  try {
    await runParsed(deps, delivery, work, { slot, ...inHand });
  } catch (error) {
    if (!isErasedError(error)) throw error;
    await dropErased(deps, delivery, work);
  }
}

/** Where a job runs, and what may stop it. */
interface Seat extends Pick<InHand, 'signal'> {
  readonly slot: number;
}

async function runParsed(deps: WorkerDeps, delivery: Delivery, work: Work, seat: Seat): Promise<void> {
  const record = await beginAttempt(deps, delivery, work);
  if (isTerminal(record.value.state)) {
    await settleEnded(deps, delivery, { work, record });
    return;
  }
  deps.slots.busy(seat.slot, work.job);
  const { jobId, model, attempts } = record.value;
  const log = deps.log.child({ jobId, model, attempt: attempts });
  const startedMs = performance.now();
  const outcome = await tryOnce(deps, work, attempts, seat);
  if (outcome instanceof PipelineError) {
    const verdict = await settleFailure(deps, delivery, { work, record }, outcome);
    const why = outcome.retryable ? { err: outcome } : { why: outcome.message };
    if (verdict === 'cancelled') log.info('job cancelled');
    else log.warn({ code: outcome.code, verdict, ...why }, 'attempt failed');
    return;
  }
  await settleSuccess(deps, delivery, { work, record, result: outcome });
  const durationMs = Math.round(performance.now() - startedMs);
  deps.speeds.add(model, { seconds: durationMs / 1000, audioSeconds: outcome.transcript.durationSeconds });
  log.info({ durationMs }, 'job completed');
}

async function tryOnce(
  deps: WorkerDeps,
  work: Work,
  attemptNumber: number,
  { slot, signal }: Seat,
): Promise<CachedResult | PipelineError> {
  const events = createProgressEvents(deps, work, attemptNumber);
  events.started();
  try {
    return await attempt(deps, work, slot, {
      signal,
      onProgress: (processedSeconds, totalSeconds) => {
        deps.slots.progress(slot, processedSeconds, totalSeconds);
        events.progress(processedSeconds, totalSeconds);
      },
      onSegment: events.partial,
    });
  } catch (thrown) {
    if (signal.aborted) return cancelledError();
    return deps.handBack.aborted ? handedBack(thrown) : toPipelineError(thrown);
  } finally {
    await events.settled();
  }
}

const handedBack = (cause: unknown): PipelineError =>
  new PipelineError('stopping', 'the worker is stopping', { cause });
