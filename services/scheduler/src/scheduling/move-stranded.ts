import { takeNext } from '@whisper/shared/bus/take-next';
import { LANES, MODEL_CLASSES, type Lane, type ModelClass } from '@whisper/shared/contracts/identifiers';
import { workConsumer, workStream } from '@whisper/shared/contracts/topology';
import { workAssigned } from '@whisper/shared/contracts/work-assigned';
import type { Logger } from '@whisper/shared/kit/logger';
import { pause } from '@whisper/shared/kit/pause';
import { assignLane, type Assignment } from './assign-lane.ts';

const SWEEP_INTERVAL_MS = 3_000;

export interface MoveStranded extends Assignment {
  readonly log: Logger;
  readonly stop: AbortSignal;
}

/** A lane that lost its last worker while the other has some: its queued jobs move there. */
export async function moveStranded(deps: MoveStranded): Promise<void> {
  while (await pause(SWEEP_INTERVAL_MS, deps.stop)) {
    for (const lane of strandedLanes(deps)) {
      for (const modelClass of MODEL_CLASSES) await moveAll(deps, lane, modelClass);
    }
  }
}

function strandedLanes({ workers }: MoveStranded): readonly Lane[] {
  const [alive, dead] = [LANES.filter(workers.hasWorkers), LANES.filter((lane) => !workers.hasWorkers(lane))];
  return alive.length > 0 ? dead : [];
}

async function moveAll(deps: MoveStranded, lane: Lane, modelClass: ModelClass): Promise<void> {
  try {
    while (!deps.stop.aborted && !deps.workers.hasWorkers(lane)) {
      const delivery = await takeNext(deps.bus, workStream(lane), workConsumer(modelClass));
      if (!delivery) return;
      const { job } = workAssigned.decode(delivery.data);
      const to = await assignLane(deps, job, `${job.jobId}.from-${lane}-${delivery.streamSequence}`);
      await delivery.ack();
      deps.log.info({ jobId: job.jobId, from: lane, to }, 'job moved: its lane has no worker');
    }
  } catch (err) {
    deps.log.warn({ err, lane, modelClass }, 'moving jobs interrupted: going on later');
  }
}
