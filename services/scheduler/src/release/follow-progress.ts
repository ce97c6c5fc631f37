import type { Subscription } from '@nats-io/transport-node';
import type { Bus } from '@whisper/shared/bus/connect';
import { jobEventFilter, type JobEventKind } from '@whisper/shared/contracts/job-event';

export interface ProgressListeners {
  readonly onStarted: (jobId: string) => void;
  readonly onEnded: (jobId: string, how: 'completed' | 'failed' | 'cancelled') => void;
}

/** Hears of starts and ends as they are published. Only the subject is read: there may be thousands a second. */
export function followProgress(bus: Bus, { onStarted, onEnded }: ProgressListeners): AsyncDisposable {
  const listen = (kind: JobEventKind, hear: (jobId: string) => void): Subscription =>
    bus.connection.subscribe(jobEventFilter(kind), {
      callback: (error, { subject }) => {
        if (!error) hear(subject.slice(subject.lastIndexOf('.') + 1));
      },
    });
  const subscriptions = [
    listen('started', onStarted),
    ...(['completed', 'failed', 'cancelled'] as const).map((how) =>
      listen(how, (jobId) => {
        onEnded(jobId, how);
      }),
    ),
  ];
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(subscriptions.map((each) => each.drain().catch(() => undefined))); // the connection may be gone
    },
  };
}
