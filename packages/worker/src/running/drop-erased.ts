import type { Delivery } from '@whisper/shared/bus/delivery';
import type { Work } from '@whisper/shared/contracts/work-assigned';
import type { WorkerDeps } from './worker-deps.ts';

/** The job was erased while we had it: what we may have written since is to go as well, and it leaves the queue. */
export async function dropErased(deps: WorkerDeps, delivery: Delivery, { job }: Work): Promise<void> {
  await deps.erasures.request({ version: 1, jobId: job.jobId, resultKey: job.resultKey, swept: true });
  deps.log.info({ jobId: job.jobId }, 'job was erased: dropped');
  await delivery.ack();
}
