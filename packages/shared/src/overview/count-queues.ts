import type { Bus } from '../bus/connect.ts';
import { busError } from '../bus/nats-errors.ts';
import { LANES, MODEL_CLASSES, type Lane, type ModelClass } from '../contracts/identifiers.ts';
import { INTAKE_STREAM, workConsumer, workStream } from '../contracts/topology.ts';

export interface LaneCounts {
  readonly queued: number;
  /** Handed out and not settled: in hand, or handed back for a later try. */
  readonly running: number;
  readonly redelivered: number;
}

/** What the streams and consumers hold, whoever leads. */
export interface QueueCounts {
  readonly backlog: Readonly<Record<ModelClass, number>>;
  readonly lanes: Readonly<Record<Lane, Readonly<Record<ModelClass, LaneCounts>>>>;
}

/** @throws PipelineError `queue_unavailable` */
export async function countQueues(bus: Bus): Promise<QueueCounts> {
  try {
    const [backlog, [gpu, cpu]] = await Promise.all([
      countBacklog(bus),
      Promise.all([countLane(bus, LANES[0]), countLane(bus, LANES[1])]),
    ]);
    return { backlog, lanes: { gpu, cpu } };
  } catch (error) {
    throw busError(error, 'counting the queues');
  }
}

async function countBacklog(bus: Bus): Promise<Record<ModelClass, number>> {
  const { state } = await bus.manager.streams.info(INTAKE_STREAM, { subjects_filter: '>' });
  const counts = { light: 0, medium: 0, heavy: 0 };
  for (const [subject, count] of Object.entries(state.subjects ?? {})) {
    const modelClass = MODEL_CLASSES.find((each) => each === subject.split('.')[2]);
    if (modelClass) counts[modelClass] += count;
  }
  return counts;
}

async function countLane(bus: Bus, lane: Lane): Promise<Record<ModelClass, LaneCounts>> {
  const [light, medium, heavy] = await Promise.all([
    countConsumer(bus, lane, 'light'),
    countConsumer(bus, lane, 'medium'),
    countConsumer(bus, lane, 'heavy'),
  ]);
  return { light, medium, heavy };
}

async function countConsumer(bus: Bus, lane: Lane, modelClass: ModelClass): Promise<LaneCounts> {
  const info = await bus.manager.consumers.info(workStream(lane), workConsumer(modelClass));
  return {
    queued: info.num_pending,
    running: info.num_ack_pending,
    redelivered: info.num_redelivered,
  };
}
