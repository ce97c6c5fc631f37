import type { Subscription } from '@nats-io/transport-node';
import type { Bus } from '@whisper/shared/bus/connect';
import { erasedError } from '@whisper/shared/contracts/errors';
import { jobEventFilter } from '@whisper/shared/contracts/job-event';
import { isTerminal, type JobRecord } from '@whisper/shared/contracts/job-record';
import { deferred, type Deferred } from '@whisper/shared/kit/deferred';
import { pause } from '@whisper/shared/kit/pause';
import type { Logger } from '@whisper/shared/kit/logger';
import type { JobRecords } from '@whisper/shared/storage/job-records';

/** Core events are at most once: what they miss is found by looking this often. */
const RECHECK_MS = 5_000;

/** Everybody in this process who waits for a job's end: one subscription for all. */
export interface Completions extends AsyncDisposable {
  /** Resolves with the job's final record, also when it has ended already; rejects when it was erased. */
  readonly waitFor: (jobId: string) => Waiter;
  readonly isWaitedFor: (jobId: string) => boolean;
  /** How many wait, for whatever job. */
  readonly waiters: () => number;
}

export interface Waiter extends Disposable {
  readonly ended: Promise<JobRecord>;
}

export function followCompletions(bus: Bus, records: JobRecords, log: Logger): Completions {
  const waiting = new Map<string, Set<Deferred<JobRecord>>>();
  const refuse = (jobId: string): void => {
    for (const waiter of waiting.get(jobId) ?? []) waiter.reject(erasedError());
  };
  const look = async (jobId: string): Promise<void> => {
    const record = await records.get(jobId);
    if (!record && (await records.isErased(jobId))) refuse(jobId);
    if (!record || !isTerminal(record.state)) return;
    for (const waiter of waiting.get(jobId) ?? []) waiter.resolve(record);
  };
  const tryToLook = (jobId: string): Promise<void> =>
    look(jobId).catch((err: unknown) => {
      log.warn({ err, jobId }, 'job not looked up: trying again');
    });
  const lookAtAll = async (): Promise<void> => {
    for (const jobId of [...waiting.keys()]) await tryToLook(jobId);
  };
  const subscriptions = subscribeToEnds(bus, (jobId) => {
    if (waiting.has(jobId)) void tryToLook(jobId);
  });
  const stopped = new AbortController();
  bus.onReconnect(() => void lookAtAll());
  void repeat(lookAtAll, stopped.signal);
  return {
    waitFor: (jobId) => {
      const waiter = addWaiter(waiting, jobId);
      void tryToLook(jobId); // it may have ended before we listened
      return waiter;
    },
    isWaitedFor: (jobId) => waiting.has(jobId),
    waiters: () => [...waiting.values()].reduce((sum, { size }) => sum + size, 0),
    [Symbol.asyncDispose]: async () => {
      stopped.abort();
      await Promise.all(subscriptions.map((subscription) => subscription.drain()));
    },
  };
}

function addWaiter(waiting: Map<string, Set<Deferred<JobRecord>>>, jobId: string): Waiter {
  const waiter = deferred<JobRecord>();
  const others = waiting.get(jobId) ?? new Set();
  waiting.set(jobId, others.add(waiter));
  return {
    ended: waiter.promise,
    [Symbol.dispose]: () => {
      others.delete(waiter);
      if (others.size === 0 && waiting.get(jobId) === others) waiting.delete(jobId);
    },
  };
}

function subscribeToEnds(bus: Bus, onEnd: (jobId: string) => void): readonly Subscription[] {
  return (['completed', 'failed', 'cancelled'] as const).map((kind) =>
    bus.connection.subscribe(jobEventFilter(kind), {
      callback: (error, message) => {
        const jobId = error ? undefined : message.subject.split('.')[2];
        if (jobId) onEnd(jobId);
      },
    }),
  );
}

async function repeat(work: () => Promise<void>, stop: AbortSignal): Promise<void> {
  while (await pause(RECHECK_MS, stop)) await work();
}
