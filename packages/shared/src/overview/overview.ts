import type { Lane, ModelClass } from '../contracts/identifiers.ts';
import type { Board } from '../contracts/scheduler-questions.ts';
import type { WorkerPresence } from '../contracts/worker-presence.ts';

/** What waits and runs on one lane in one class; what only a leading scheduler knows is `null` while none leads. */
export interface QueueView {
  readonly queued: number;
  readonly running: number;
  readonly oldestSeconds: number | null;
  readonly endedLastMinute: number | null;
}

/** What waits for a lane in one class. */
export interface ClassView {
  readonly backlog: number;
  readonly weight: number | null;
  readonly oldestSeconds: number | null;
  /** Until what waits now has been started. */
  readonly drainSeconds: number | null;
  readonly tenants: Board['classes'][number]['tenants'];
}

export interface ModelView {
  readonly class: ModelClass;
  readonly running: number;
  /** Workers that have it in memory, and on disk. */
  readonly loadedBy: number;
  readonly localTo: number;
}

/** The whole system at a glance: the one source of `/status` and of `ctl top`. */
export interface Overview {
  readonly at: string;
  readonly scheduler: { readonly schedulerId: string; readonly leadingSeconds: number } | null;
  /** Accepted, not yet given a lane. */
  readonly intake: { readonly queued: number; readonly running: number };
  readonly classes: Readonly<Record<ModelClass, ClassView>>;
  readonly queues: Readonly<Record<Lane, Readonly<Record<ModelClass, QueueView>>>>;
  readonly models: Readonly<Record<string, ModelView>>;
  readonly speeds: Board['speeds'];
  readonly workers: readonly WorkerPresence[];
  /** Jobs in hand or handed back that were handed out more than once. */
  readonly retries: number;
  readonly dead: number;
}
