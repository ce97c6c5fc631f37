import { takeNext } from '@whisper/shared/bus/take-next';
import type { Bus } from '@whisper/shared/bus/connect';
import { LANES, MODEL_CLASSES, type Lane, type ModelClass } from '@whisper/shared/contracts/identifiers';
import { workConsumer, workStream } from '@whisper/shared/contracts/topology';
import { workAssigned } from '@whisper/shared/contracts/work-assigned';
import { pause } from '@whisper/shared/kit/pause';
import type { Logger } from '@whisper/shared/kit/logger';
import type { WorkerRegistry } from '@whisper/shared/storage/worker-registry';
import type { Term } from '../leadership/lead-in-turn.ts';
import type { AssignedJobs } from '../release/assigned-jobs.ts';
import { publishWork } from '../release/publish-work.ts';

/** With the time after which a worker is taken for gone, jobs are moved within 10 s of its death. */
const SWEEP_INTERVAL_MS = 1_000;

export interface MoveStranded {
  readonly bus: Bus;
  readonly log: Logger;
  readonly term: Pick<Term, 'ended' | 'isHeld'>;
  readonly workers: Pick<WorkerRegistry, 'hasWorkers'>;
  readonly assigned: AssignedJobs;
  readonly classOf: (model: string) => ModelClass;
}

/**
 * A lane that lost its last worker while the other has some: its queued jobs move there. Only a lane found so
 * twice in a row counts: after an outage of NATS presences come back one by one.
 */
export async function moveStranded(deps: MoveStranded): Promise<void> {
  let before: readonly Lane[] = [];
  while (await pause(SWEEP_INTERVAL_MS, deps.term.ended)) {
    const now = LANES.filter((lane) => isStranded(deps, lane));
    for (const lane of now.filter((each) => before.includes(each))) {
      for (const modelClass of MODEL_CLASSES) await moveAll(deps, lane, modelClass);
    }
    before = now;
  }
}

const otherLane = (lane: Lane): Lane => (lane === 'gpu' ? 'cpu' : 'gpu');

function isStranded({ bus, workers, term }: MoveStranded, lane: Lane): boolean {
  return bus.connected && term.isHeld() && !workers.hasWorkers(lane) && workers.hasWorkers(otherLane(lane));
}

async function moveAll(deps: MoveStranded, from: Lane, modelClass: ModelClass): Promise<void> {
  try {
    while (isStranded(deps, from)) if (!(await moveOne(deps, from, modelClass))) return;
  } catch (err) {
    deps.log.warn({ err, from, modelClass }, 'moving jobs interrupted: going on later');
  }
}

/** On the new lane before it is off the old one: a crash in between repeats the publish, it loses nothing. */
async function moveOne(deps: MoveStranded, from: Lane, fromClass: ModelClass): Promise<boolean> {
  const { bus, assigned, term } = deps;
  const delivery = await takeNext(bus, workStream(from), workConsumer(fromClass));
  if (!delivery) return false;
  const { job } = workAssigned.decode(delivery.data);
  const address = { lane: otherLane(from), modelClass: deps.classOf(job.model) };
  const messageId = `${job.jobId}.from-${from}-${delivery.streamSequence}`;
  const streamSequence = await publishWork(bus, { job, address, messageId, mayPublish: term.isHeld });
  assigned.put({ job, ...address, streamSequence, assignedMs: performance.now() });
  await delivery.ack();
  deps.log.info({ jobId: job.jobId, from, to: address.lane }, 'job moved: its lane has no worker');
  return true;
}
