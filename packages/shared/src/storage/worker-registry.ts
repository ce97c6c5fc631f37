import type { Bus } from '../bus/connect.ts';
import type { Lane } from '../contracts/identifiers.ts';
import type { ModelIdentity } from '../contracts/stored-result.ts';
import { BUCKETS } from '../contracts/topology.ts';
import { PRESENCE_TTL_MS, workerPresenceSchema, type WorkerPresence } from '../contracts/worker-presence.ts';
import type { Logger } from '../kit/logger.ts';
import { openJsonBucket } from './json-bucket.ts';
import { watchBucket } from './watch-bucket.ts';

/** Who is alive, followed live; ages are measured here, so that clocks may differ. */
export interface WorkerRegistry extends AsyncDisposable {
  readonly workers: () => readonly WorkerPresence[];
  readonly hasWorkers: (lane: Lane) => boolean;
  /** What live workers have on disk of a model: several, while a fleet is being updated. */
  readonly identitiesOf: (model: string) => readonly ModelIdentity[];
}

export async function watchWorkers(bus: Bus, log: Logger): Promise<WorkerRegistry> {
  const bucket = await openJsonBucket(bus, BUCKETS.workers.name, workerPresenceSchema);
  const seen = new Map<string, { readonly presence: WorkerPresence; readonly atMs: number }>();
  const watch = await watchBucket(bucket, log, (key, presence) => {
    if (presence) seen.set(key, { presence, atMs: performance.now() });
    else seen.delete(key);
  });
  const workers = (): readonly WorkerPresence[] => {
    const oldest = performance.now() - PRESENCE_TTL_MS;
    return [...seen.values()].filter(({ atMs }) => atMs > oldest).map(({ presence }) => presence);
  };
  return {
    workers,
    hasWorkers: (lane) => workers().some((worker) => worker.lane === lane),
    identitiesOf: (model) =>
      workers().flatMap(({ localModels }) => localModels.filter(({ name }) => name === model)),
    [Symbol.asyncDispose]: async () => {
      await watch[Symbol.asyncDispose]();
    },
  };
}
