import type { Lane } from '@whisper/shared/contracts/identifiers';

/** GPU where a GPU worker lives; else CPU, also when nobody lives yet: a CPU can be had everywhere. */
export function chooseLane(hasWorkers: (lane: Lane) => boolean): Lane {
  return hasWorkers('gpu') ? 'gpu' : 'cpu';
}
