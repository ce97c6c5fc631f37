import type { JsMsg } from '@nats-io/jetstream';
import { toPipelineError, type PipelineError } from '@whisper/shared/contracts/errors';
import { INTAKE_STREAM } from '@whisper/shared/contracts/topology';
import { jobSubmitted } from '@whisper/shared/contracts/job-submitted';
import type { Logger } from '@whisper/shared/kit/logger';
import { pause } from '@whisper/shared/kit/pause';
import { chooseLane } from './choose-lane.ts';
import { assignLane, type Assignment } from './assign-lane.ts';
import { buryUnreadable, type BuryUnreadable } from './bury-unreadable.ts';

/** Submissions in hand at once: their publishes leave in order, their acknowledgements overlap. */
const IN_HAND = 32;
const FULL_DELAY_MS = 1_000;
const RESTART_DELAY_MS = 200;

export interface TakeSubmitted extends Assignment, BuryUnreadable {
  readonly log: Logger;
  readonly stop: AbortSignal;
}

/** Takes submissions until stopped; whatever happens to the consumer, it comes back. */
export async function takeSubmitted(deps: TakeSubmitted): Promise<void> {
  do {
    try {
      await takeUntilBroken(deps);
    } catch (err) {
      deps.log.warn({ err }, 'intake interrupted: starting again');
    }
  } while (await pause(RESTART_DELAY_MS, deps.stop));
}

async function takeUntilBroken(deps: TakeSubmitted): Promise<void> {
  const consumer = await deps.bus.jetstream.consumers.get(INTAKE_STREAM);
  const messages = await consumer.consume({ max_messages: IN_HAND, expires: 2_000 });
  const onStop = (): void => {
    messages.stop();
  };
  deps.stop.addEventListener('abort', onStop, { once: true });
  if (deps.stop.aborted) onStop();
  const inHand = new Set<Promise<void>>();
  for await (const message of messages) {
    const work: Promise<void> = handle(deps, message).finally(() => inHand.delete(work));
    inHand.add(work);
    if (inHand.size >= IN_HAND) await Promise.race(inHand);
  }
  deps.stop.removeEventListener('abort', onStop);
  await Promise.all(inHand);
}

/** Publishes first and acks then: a crash in between repeats the publish under the same message id. */
async function handle(deps: TakeSubmitted, message: JsMsg): Promise<void> {
  const { log } = deps;
  try {
    const job = jobSubmitted.decode(message.data);
    const lane = chooseLane(deps.workers.hasWorkers);
    await assignLane(deps, job, { lane, messageId: `${job.jobId}.work` });
    await deps.bus.manager.streams.deleteMessage(INTAKE_STREAM, message.seq, false);
    log.info({ jobId: job.jobId, model: job.model, lane }, 'job assigned');
  } catch (thrown) {
    const error = toPipelineError(thrown);
    log.warn({ err: error }, 'submission not assigned');
    if (error.code === 'invalid_message') await bury(deps, message, error);
    else if (await pause(delayFor(error), deps.stop)) await handle(deps, message);
  }
}

/** When even that fails, the message is delivered again after the ack wait. */
async function bury(deps: TakeSubmitted, message: JsMsg, error: PipelineError): Promise<void> {
  try {
    await buryUnreadable(deps, message, error);
  } catch (err) {
    deps.log.warn({ err }, 'unreadable submission not moved to DEAD: trying again');
  }
}

const delayFor = (error: PipelineError): number => (error.code === 'queue_full' ? FULL_DELAY_MS : 500);
