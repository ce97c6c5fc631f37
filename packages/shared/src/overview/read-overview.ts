import { askBoard } from '../bus/ask-scheduler.ts';
import type { Bus } from '../bus/connect.ts';
import { LANES, MODEL_CLASSES, type Lane, type ModelClass } from '../contracts/identifiers.ts';
import type { Board } from '../contracts/scheduler-questions.ts';
import type { WorkerPresence } from '../contracts/worker-presence.ts';
import { countDeadLetters } from '../jobs/dead-letters.ts';
import type { WorkerRegistry } from '../storage/worker-registry.ts';
import { countQueues, type LaneCounts, type QueueCounts } from './count-queues.ts';
import type { ClassView, ModelView, Overview, QueueView } from './overview.ts';

export interface ReadOverview {
  readonly bus: Bus;
  readonly workers: WorkerRegistry;
  readonly classOf: (model: string) => ModelClass;
}

/**
 * Looks at everything once: the streams for what they hold, the leading scheduler for what it alone knows.
 * @throws PipelineError `queue_unavailable`
 */
export async function readOverview({ bus, workers, classOf }: ReadOverview): Promise<Overview> {
  const [counts, dead, board] = await Promise.all([countQueues(bus), countDeadLetters(bus), askBoard(bus)]);
  const alive = [...workers.workers()].sort((a, b) => (a.workerId < b.workerId ? -1 : 1));
  const backlog = MODEL_CLASSES.reduce((sum, each) => sum + counts.backlog[each], 0);
  return {
    at: new Date().toISOString(),
    scheduler: board ? { schedulerId: board.schedulerId, leadingSeconds: board.leadingSeconds } : null,
    intake: { queued: backlog, running: 0 },
    classes: ofClasses((each) => classView(counts, board, each)),
    queues: {
      gpu: ofClasses((each) => queueView(counts, board, 'gpu', each)),
      cpu: ofClasses((each) => queueView(counts, board, 'cpu', each)),
    },
    models: modelViews(alive, classOf),
    speeds: board?.speeds ?? [],
    workers: alive,
    retries: LANES.flatMap((lane) => Object.values(counts.lanes[lane])).reduce(
      (sum, { redelivered }: LaneCounts) => sum + redelivered,
      0,
    ),
    dead,
  };
}

function ofClasses<T>(view: (modelClass: ModelClass) => T): Record<ModelClass, T> {
  return { light: view('light'), medium: view('medium'), heavy: view('heavy') };
}

function classView(counts: QueueCounts, board: Board | undefined, modelClass: ModelClass): ClassView {
  const told = board?.classes.find((each) => each.modelClass === modelClass);
  return {
    backlog: counts.backlog[modelClass],
    weight: told?.weight ?? null,
    oldestSeconds: told?.oldestSeconds ?? null,
    drainSeconds: told?.drainSeconds ?? null,
    tenants: told?.tenants ?? [],
  };
}

function queueView(
  counts: QueueCounts,
  board: Board | undefined,
  lane: Lane,
  modelClass: ModelClass,
): QueueView {
  const { queued, running } = counts.lanes[lane][modelClass];
  const told = board?.lanes
    .find((each) => each.lane === lane)
    ?.classes.find((each) => each.modelClass === modelClass);
  return {
    queued,
    running,
    oldestSeconds: told?.oldestSeconds ?? null,
    endedLastMinute: told?.endedLastMinute ?? null,
  };
}

function modelViews(
  workers: readonly WorkerPresence[],
  classOf: (model: string) => ModelClass,
): Readonly<Record<string, ModelView>> {
  const slots = workers.flatMap((worker) => worker.slots);
  const names = new Set(workers.flatMap(({ localModels }) => localModels.map(({ name }) => name)));
  const viewOf = (name: string): ModelView => ({
    class: classOf(name),
    running: slots.filter((slot) => slot.state === 'busy' && slot.model === name).length,
    loadedBy: workers.filter(({ loadedModels }) => loadedModels.includes(name)).length,
    localTo: workers.filter(({ localModels }) => localModels.some((model) => model.name === name)).length,
  });
  return Object.fromEntries([...names].sort().map((name) => [name, viewOf(name)]));
}
