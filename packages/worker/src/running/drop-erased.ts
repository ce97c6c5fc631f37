import type { Delivery } from '@whisper/shared/bus/delivery';
import type { Work } from '@whisper/shared/contracts/work-assigned';
import type { WorkerDeps } from './worker-deps.ts';

/**
 * The job was erased while we had it. The result that we may have written since goes at once; what we told of it is
 * for whoever erases to take away, who is asked to look once more: a worker may not.
 */
export async function dropErased(deps: WorkerDeps, delivery: Delivery, { job }: Work): Promise<void> {
  const { jobId, resultKey } = job;
  await deps.results.eraseOf(resultKey, jobId);
  await deps.erasures.request({ version: 1, jobId, resultKey, swept: true });
  deps.log.info({ jobId }, 'job was erased: dropped');
  await delivery.ack();
}
