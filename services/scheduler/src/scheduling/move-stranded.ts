import { takeNext } from '@whisper/shared/bus/take-next';
import { LANES, MODEL_CLASSES, type Lane, type ModelClass } from '@whisper/shared/contracts/identifiers';
import { workConsumer, workStream } from '@whisper/shared/contracts/topology';
import { workAssigned } from '@whisper/shared/contracts/work-assigned';
import { pause } from '@whisper/shared/kit/pause';
import type { Logger } from '@whisper/shared/kit/logger';
import { assignLane, type Assignment } from './assign-lane.ts';

const SWEEP_INTERVAL_MS = 3_000;

export interface MoveStranded extends Assignment {
  readonly log: Logger;
  readonly stop: AbortSignal;
}

/**
 * A lane that lost its last worker while the other has some: its queued jobs move there. Only a lane found so
 * twice in a row counts: after an outage of NATS presences come back one by one.
 */
export async function moveStranded(deps: MoveStranded): Promise<void> {
  let before: readonly Lane[] = [];
  while (await pause(SWEEP_INTERVAL_MS, deps.stop)) {
    const now = LANES.filter((lane) => isStranded(deps, lane));
    for (const lane of now.filter((each) => before.includes(each))) {
      for (const modelClass of MODEL_CLASSES) await moveAll(deps, lane, modelClass);
    }
    before = now;
  }
}

const otherLane = (lane: Lane): Lane => (lane === 'gpu' ? 'cpu' : 'gpu');

function isStranded({ bus, workers }: MoveStranded, lane: Lane): boolean {
  return bus.connected && !workers.hasWorkers(lane) && workers.hasWorkers(otherLane(lane));
}

async function moveAll(deps: MoveStranded, from: Lane, modelClass: ModelClass): Promise<void> {
  const to = otherLane(from);
  try {
    while (!deps.stop.aborted && isStranded(deps, from)) {
      const delivery = await takeNext(deps.bus, workStream(from), workConsumer(modelClass));
      if (!delivery) return;
      const { job } = workAssigned.decode(delivery.data);
      const messageId = `${job.jobId}.from-${from}-${delivery.streamSequence}`;
      await assignLane(deps, job, { lane: to, messageId });
      await delivery.ack();
      deps.log.info({ jobId: job.jobId, from, to }, 'job moved: its lane has no worker');
    }
  } catch (err) {
    deps.log.warn({ err, from, modelClass }, 'moving jobs interrupted: going on later');
  }
}
