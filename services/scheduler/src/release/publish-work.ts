import type { Bus } from '@whisper/shared/bus/connect';
import { busError, isFull, isRefused } from '@whisper/shared/bus/nats-errors';
import type { Job } from '@whisper/shared/contracts/job';
import { workAssigned, type WorkAddress } from '@whisper/shared/contracts/work-assigned';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { retry } from '@whisper/shared/kit/retry';

const BUDGET_MS = 20_000;
const TIMEOUT_MS = 2_000;

export interface WorkPublish {
  readonly job: Job;
  readonly address: WorkAddress;
  /** The same when the same assignment is repeated, another when the job is moved or replayed. */
  readonly messageId: string;
  /** Asked before each try: who does not lead any more publishes nothing. */
  readonly mayPublish: () => boolean;
}

/**
 * Puts a job on the lane and class where it will run.
 * @returns the sequence of its message in the lane's stream
 * @throws PipelineError `queue_full`, `queue_unavailable`; `stopping` when it may not publish
 */
export async function publishWork(
  bus: Bus,
  { job, address, messageId, mayPublish }: WorkPublish,
): Promise<number> {
  const work = { version: 1 as const, job, ...address, assignedAt: new Date().toISOString() };
  const payload = workAssigned.encode(work);
  const publish = async (): Promise<number> => {
    if (!mayPublish()) throw new PipelineError('stopping', 'another scheduler may lead');
    const options = { msgID: messageId, timeout: TIMEOUT_MS };
    return (await bus.jetstream.publish(workAssigned.subject(address), payload, options)).seq;
  };
  try {
    return await retry(publish, {
      budgetMs: BUDGET_MS,
      isFinal: (error) => isFull(error) || isRefused(error) || error instanceof PipelineError,
    });
  } catch (error) {
    throw busError(error, `publish on the ${address.lane} lane`);
  }
}
