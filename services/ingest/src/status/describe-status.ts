import { LANES, MODEL_CLASSES, type Lane, type ModelClass } from '@whisper/shared/contracts/identifiers';
import type { Bus } from '@whisper/shared/bus/connect';
import { busError } from '@whisper/shared/bus/nats-errors';
import { INTAKE_STREAM, workConsumer, workStream } from '@whisper/shared/contracts/topology';
import type { WorkerPresence } from '@whisper/shared/contracts/worker-presence';
import type { WorkerRegistry } from '@whisper/shared/storage/worker-registry';
import type { CacheOutcome } from '../submission/transcribe-upload.ts';
import type { CacheCounts } from './cache-counts.ts';

export interface Depth {
  readonly queued: number;
  readonly running: number;
}

export interface Status {
  /** Accepted, not yet given a lane. */
  readonly intake: Depth;
  readonly queues: Readonly<Record<Lane, Readonly<Record<ModelClass, Depth>>>>;
  readonly models: Readonly<
    Record<string, { class: ModelClass; running: number; loadedBy: number; localTo: number }>
  >;
  readonly workers: readonly WorkerPresence[];
  /** Of this ingest process, since it started. */
  readonly cache: Readonly<Record<CacheOutcome, number>>;
}

export interface DescribeStatus {
  readonly bus: Bus;
  readonly workers: WorkerRegistry;
  readonly classOf: (model: string) => ModelClass;
  readonly cacheCounts: CacheCounts;
}

/** @throws PipelineError `queue_unavailable` */
export async function describeStatus(deps: DescribeStatus): Promise<Status> {
  const workers = deps.workers.workers();
  const [intake, ...lanes] = await Promise.all([
    backlogOf(deps.bus),
    ...LANES.map((lane) => depthsOf(deps.bus, lane)),
  ]);
  const [gpu, cpu] = lanes as [Status['queues']['gpu'], Status['queues']['cpu']];
  return {
    intake,
    queues: { gpu, cpu },
    models: modelsOf(workers, deps.classOf),
    workers,
    cache: deps.cacheCounts.totals(),
  };
}

async function depthsOf(bus: Bus, lane: Lane): Promise<Readonly<Record<ModelClass, Depth>>> {
  const depths = await Promise.all(
    MODEL_CLASSES.map(
      async (each) => [each, await depthOf(bus, workStream(lane), workConsumer(each))] as const,
    ),
  );
  return Object.fromEntries(depths) as Record<ModelClass, Depth>;
}

async function backlogOf(bus: Bus): Promise<Depth> {
  try {
    return { queued: (await bus.manager.streams.info(INTAKE_STREAM)).state.messages, running: 0 };
  } catch (error) {
    throw busError(error, `depth of ${INTAKE_STREAM}`);
  }
}

async function depthOf(bus: Bus, stream: string, consumer: string): Promise<Depth> {
  try {
    const { num_pending: queued, num_ack_pending: running } = await bus.manager.consumers.info(
      stream,
      consumer,
    );
    return { queued, running };
  } catch (error) {
    throw busError(error, `depth of ${stream}`);
  }
}

function modelsOf(
  workers: readonly WorkerPresence[],
  classOf: (model: string) => ModelClass,
): Status['models'] {
  const names = new Set(workers.flatMap(({ localModels }) => localModels.map(({ name }) => name)));
  return Object.fromEntries(
    [...names].sort().map((name) => [
      name,
      {
        class: classOf(name),
        running: workers
          .flatMap(({ slots }) => slots)
          .filter((slot) => slot.state === 'busy' && slot.model === name).length,
        loadedBy: workers.filter(({ loadedModels }) => loadedModels.includes(name)).length,
        localTo: workers.filter(({ localModels }) => localModels.some((model) => model.name === name)).length,
      },
    ]),
  );
}
