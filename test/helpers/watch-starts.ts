import type { Bus } from '@whisper/shared/bus/connect';
import { jobEventFilter } from '@whisper/shared/contracts/job-event';

/** The ids of jobs in the order in which they started, as it grows. */
export async function watchStarts(bus: Bus): Promise<Disposable & { readonly jobIds: readonly string[] }> {
  const jobIds: string[] = [];
  const subscription = bus.connection.subscribe(jobEventFilter('started'), {
    callback: (_error, { subject }) => {
      jobIds.push(subject.split('.')[2] ?? '');
    },
  });
  await bus.connection.flush();
  return {
    jobIds,
    [Symbol.dispose]: () => {
      subscription.unsubscribe();
    },
  };
}
