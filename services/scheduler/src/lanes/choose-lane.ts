import type { Lane, ModelClass } from '@whisper/shared/contracts/identifiers';

/** A lane as one job would find it now. */
export interface LaneOutlook {
  /** Of its live workers; 0: nobody lives there. */
  readonly slots: number;
  /** Until one of them is free for a job of this class. */
  readonly waitSeconds: number;
  /** How long the job would take there. */
  readonly jobSeconds: number;
  /** Whether one of its workers has the model in memory. */
  readonly isLoaded: boolean;
}

/** Where the model is in memory is preferred over loading it on the other lane, up to this wait. */
export const MAX_WARM_WAIT_SECONDS = 5;
/** A heavy job leaves the GPU lane only for a CPU that finishes it in this part of the time. */
const HEAVY_ADVANTAGE = 0.5;

/**
 * Where a job runs. Nobody lives anywhere: CPU, which can be had everywhere. One lane lives: that one. Both: the lane
 * that has the model in memory, if its wait is short and it is no heavy model on a CPU; else a heavy model goes to the
 * GPU unless the CPU is done in half the time, and any other spills to the CPU when the GPU's wait alone is longer
 * than the CPU's wait and work.
 */
export function chooseLane(modelClass: ModelClass, { gpu, cpu }: Readonly<Record<Lane, LaneOutlook>>): Lane {
  if (gpu.slots === 0) return 'cpu';
  if (cpu.slots === 0) return 'gpu';
  const isHeavy = modelClass === 'heavy';
  if (isWarm(gpu) && !cpu.isLoaded) return 'gpu';
  if (isWarm(cpu) && !gpu.isLoaded && !isHeavy) return 'cpu';
  if (isHeavy) return finish(cpu) < finish(gpu) * HEAVY_ADVANTAGE ? 'cpu' : 'gpu';
  return gpu.waitSeconds > finish(cpu) ? 'cpu' : 'gpu';
}

/**
 * Whether the last of a backlog should leave the GPU's queue for a CPU slot that is free: it would be done there
 * before its turn on the GPU came, so it and all before it gain.
 * @param drainSeconds until the GPU lane has started all that waits for it
 */
export function spillsOver(cpu: LaneOutlook, drainSeconds: number): boolean {
  return cpu.slots > 0 && cpu.waitSeconds === 0 && drainSeconds > finish(cpu);
}

const isWarm = ({ isLoaded, waitSeconds }: LaneOutlook): boolean =>
  isLoaded && waitSeconds <= MAX_WARM_WAIT_SECONDS;

const finish = ({ waitSeconds, jobSeconds }: LaneOutlook): number => waitSeconds + jobSeconds;
