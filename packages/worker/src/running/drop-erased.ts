import type { Delivery } from '@whisper/shared/bus/delivery';
import type { Work } from '@whisper/shared/contracts/work-assigned';
import { sweepAgain } from '@whisper/shared/jobs/erase-job';
import type { WorkerDeps } from './worker-deps.ts';

/** The job was erased while we had it: what we may have written since goes as well, and it leaves the queue. */
export async function dropErased(deps: WorkerDeps, delivery: Delivery, { job }: Work): Promise<void> {
  await sweepAgain({ ...deps, source: { bus: deps.bus, name: deps.workerId } }, job);
  deps.log.info({ jobId: job.jobId }, 'job was erased: dropped');
  await delivery.ack();
}
