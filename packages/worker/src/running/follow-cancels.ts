import { jobEventFilter } from '@whisper/shared/contracts/job-event';
import type { WorkerDeps } from './worker-deps.ts';

/**
 * Stops jobs in hand that somebody cancelled or erased. The event is only the hint, the record decides; hints that were lost
 * with the connection are made up for when it is back.
 */
export function followCancels({ bus, inHand, log, records }: WorkerDeps): AsyncDisposable {
  const look = async (jobId: string): Promise<void> => {
    try {
      const record = await records.get(jobId);
      const isOver = record ? record.state === 'cancelled' : await records.isErased(jobId);
      if (!isOver) return;
      log.info({ jobId }, 'job cancelled: stopping it');
      inHand.cancel(jobId);
    } catch (err) {
      log.warn({ err, jobId }, 'job not looked up: it goes on');
    }
  };
  const subscription = bus.connection.subscribe(jobEventFilter('cancelled'), {
    callback: (error, message) => {
      const jobId = error ? undefined : message.subject.split('.')[2];
      if (jobId && inHand.has(jobId)) void look(jobId);
    },
  });
  bus.onReconnect(() => {
    for (const jobId of inHand.ids()) void look(jobId);
  });
  return { [Symbol.asyncDispose]: () => subscription.drain() };
}
