import type { WorkerPresence } from '@whisper/shared/contracts/worker-presence';
import type { WorkerDeps } from '../running/worker-deps.ts';

/** What this worker tells about itself: its lane and device, what its slots do, which models it has. */
export function createWorkerDescription(deps: WorkerDeps, device: string): () => Promise<WorkerPresence> {
  const startedAt = new Date().toISOString();
  return async () => ({
    version: 1,
    workerId: deps.workerId,
    lane: deps.lane,
    device,
    slots: deps.slots.all(),
    localModels: (await deps.models.local()).map(({ identity, name }) => ({ ...identity, name })),
    loadedModels: [...deps.engines.loadedModels()],
    speeds: deps.speeds.all(),
    startedAt,
    updatedAt: new Date().toISOString(),
  });
}
