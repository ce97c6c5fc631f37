import type { Job } from '@whisper/shared/contracts/job';
import type { SlotPresence } from '@whisper/shared/contracts/worker-presence';

/** What each slot of this worker does now, for its presence. */
export interface SlotStates {
  readonly busy: (slot: number, job: Job) => void;
  readonly progress: (slot: number, processedSeconds: number, totalSeconds: number) => void;
  readonly idle: (slot: number) => void;
  readonly all: () => SlotPresence[];
}

export function createSlotStates(slots: number): SlotStates {
  const states = Array.from({ length: slots }, (): SlotPresence => ({ state: 'idle' }));
  return {
    busy: (slot, { jobId, model }) => {
      states[slot] = { state: 'busy', jobId, model, since: new Date().toISOString(), processedSeconds: 0 };
    },
    progress: (slot, processedSeconds, totalSeconds) => {
      const state = states[slot];
      if (state?.state === 'busy') states[slot] = { ...state, processedSeconds, totalSeconds };
    },
    idle: (slot) => {
      states[slot] = { state: 'idle' };
    },
    all: () => [...states],
  };
}
