import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from '@whisper/shared/bus/delivery';
import { PipelineError, toPipelineError } from '@whisper/shared/contracts/errors';
import type { ModelClass } from '@whisper/shared/contracts/identifiers';
import { isTerminal, type JobRecord } from '@whisper/shared/contracts/job-record';
import { workAssigned, type Work } from '@whisper/shared/contracts/work-assigned';
import { attempt } from './attempt.ts';
import { beginAttempt } from './begin-attempt.ts';
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
    if (work) await runParsed(deps, delivery, work, slot);
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

async function runParsed(deps: WorkerDeps, delivery: Delivery, work: Work, slot: number): Promise<void> {
  const record = await beginAttempt(deps, work);
  if (isTerminal(record.state)) {
    await settleEnded(deps, delivery, work, record);
    return;
  }
  deps.slots.busy(slot, work.job);
  const log = deps.log.child({ jobId: record.jobId, model: record.model, attempt: record.attempts });
  const startedMs = performance.now();
  try {
    await tryOnce(deps, work, record, slot);
  } catch (thrown) {
    const error = deps.handBack.aborted ? handedBack(thrown) : toPipelineError(thrown);
    const verdict = await settleFailure(deps, delivery, { work, record, error });
    const why = error.retryable ? { err: error } : { why: error.message };
    log.warn({ code: error.code, verdict, ...why }, 'attempt failed');
    return;
  }
  await settleSuccess(deps, delivery, work, record);
  log.info({ durationMs: Math.round(performance.now() - startedMs) }, 'job completed');
}

async function tryOnce(deps: WorkerDeps, work: Work, record: JobRecord, slot: number): Promise<void> {
  const events = createProgressEvents(deps, work, record.attempts);
  events.started();
  await attempt(deps, work, slot, {
    onProgress: (processedSeconds) => {
      deps.slots.progress(slot, processedSeconds);
      events.progress(processedSeconds);
    },
    onSegment: events.partial,
  });
}

const handedBack = (cause: unknown): PipelineError =>
  new PipelineError('stopping', 'the worker is stopping', { cause });
