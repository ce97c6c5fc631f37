import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '@whisper/shared/bus/connect';
import type { Delivery } from '@whisper/shared/bus/delivery';
import { publishEvent } from '@whisper/shared/bus/publish-event';
import type { Lane } from '@whisper/shared/contracts/identifiers';
import type { Job } from '@whisper/shared/contracts/job';
import { BUCKETS } from '@whisper/shared/contracts/topology';
import { workAssigned } from '@whisper/shared/contracts/work-assigned';
import { workerPresenceSchema, type WorkerPresence } from '@whisper/shared/contracts/worker-presence';
import { announcePresence } from '@whisper/worker/presence/announce-presence';
import { consumeLane } from '@whisper/worker/taking/lane-consumer';
import { openJsonBucket } from '@whisper/shared/storage/json-bucket';
import type { ClassWeights } from '@whisper/shared/contracts/settings';
import { silent } from '../../helpers/start-servers.ts';

/** One run of a job by a slot. */
export interface Run {
  readonly job: Job;
  readonly lane: Lane;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly delivery: number;
}

export interface FleetOptions {
  readonly bus: Bus;
  readonly lane: Lane;
  readonly workers: number;
  readonly slotsEach: number;
  /** How long a job holds its slot. */
  readonly msOf: (job: Job) => number;
  readonly models: readonly string[];
  readonly weights?: () => ClassWeights;
}

/** Workers that take work as the real ones do and sleep instead of computing. */
export interface Fleet {
  readonly runs: readonly Run[];
  /** The most that ran at once. */
  readonly most: () => number;
  /** Stops in order: takes nothing more, ends what is in hand. */
  readonly stop: () => Promise<void>;
  /** Falls silent at once, as if killed: presences stay until they expire, jobs in hand are never settled. */
  readonly die: () => void;
}

export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const dead = { is: false };
  const runs: Run[] = [];
  let running = 0;
  let most = 0;
  const inHand = new Set<Promise<void>>();
  const run: RunDelivery = (delivery, workerId) => {
    const running = runOne(delivery, workerId).finally(() => inHand.delete(running));
    inHand.add(running);
    return running;
  };
  const runOne: RunDelivery = async (delivery, workerId) => {
    const { job } = workAssigned.decode(delivery.data);
    const startedMs = performance.now();
    most = Math.max(most, ++running);
    await perform(options, { delivery, job, workerId }, dead);
    running--;
    runs.push({
      job,
      lane: options.lane,
      startedMs,
      endedMs: performance.now(),
      delivery: delivery.deliveryCount,
    });
  };
  const workers = await Promise.all(
    Array.from({ length: options.workers }, (_, n) =>
      startWorker(options, `${options.lane}-${n}`, run, stop.signal),
    ),
  );
  return {
    runs,
    most: () => most,
    stop: async () => {
      stop.abort();
      await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()));
      await Promise.all(inHand);
    },
    die: () => {
      dead.is = true;
      stop.abort();
      for (const worker of workers) worker.fallSilent();
    },
  };
}

type RunDelivery = (delivery: Delivery, workerId: string) => Promise<void>;

async function startWorker(
  { bus, lane, slotsEach, models, weights }: FleetOptions,
  workerId: string,
  run: RunDelivery,
  stop: AbortSignal,
): Promise<AsyncDisposable & { readonly fallSilent: () => void }> {
  let isSilent = false;
  const bucket = await openJsonBucket(bus, BUCKETS.workers.name, workerPresenceSchema);
  const presence = await announcePresence(bus, silent, () =>
    isSilent
      ? Promise.reject(new Error('dead'))
      : Promise.resolve(describe(workerId, lane, slotsEach, models)),
  );
  const consuming = consumeLane({
    ...{ bus, lane, slots: slotsEach, log: silent, stop },
    classWeights: weights ?? ((): ClassWeights => ({ light: 8, medium: 3, heavy: 1 })),
    run: (delivery) => run(delivery, workerId),
  });
  return {
    fallSilent: () => {
      isSilent = true;
    },
    [Symbol.asyncDispose]: async () => {
      await consuming;
      if (isSilent) await bucket.delete(workerId);
      else await presence[Symbol.asyncDispose]();
    },
  };
}

interface Task {
  readonly delivery: Delivery;
  readonly job: Job;
  readonly workerId: string;
}

async function perform(
  { bus, lane, msOf }: FleetOptions,
  { delivery, job, workerId }: Task,
  dead: { readonly is: boolean },
): Promise<void> {
  const { jobId, resultKey, model } = job;
  const about = { jobId, resultKey, model, workerId, lane, attempt: delivery.deliveryCount };
  const started = publishEvent({ bus, name: workerId }, 'started', about, String(delivery.deliveryCount));
  await sleep(msOf(job));
  if (dead.is) return;
  await started;
  await publishEvent({ bus, name: workerId }, 'completed', {
    ...about,
    ...{ modelRevision: 'paced', language: 'en', durationSeconds: 1, processingSeconds: msOf(job) / 1_000 },
  });
  await delivery.ack();
}

function describe(workerId: string, lane: Lane, slots: number, models: readonly string[]): WorkerPresence {
  const now = new Date().toISOString();
  return {
    ...{
      version: 1,
      workerId,
      lane,
      device: 'paced',
      localModels: [],
      loadedModels: [...models],
      speeds: [],
    },
    slots: Array.from({ length: slots }, () => ({ state: 'idle' as const })),
    ...{ startedAt: now, updatedAt: now },
  };
}
