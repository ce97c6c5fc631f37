import type { Lane, ModelClass } from '@whisper/shared/contracts/identifiers';

/** A slot of a lane that is free from some moment on. */
export interface FreeSlot {
  readonly lane: Lane;
  /** Seconds from now. */
  readonly atSeconds: number;
  /** The class of the job that it held until then. */
  readonly held?: ModelClass;
}

/** Slots by the moment they are free: a binary heap. */
export interface SlotHeap {
  readonly add: (slot: FreeSlot) => void;
  /** The slot that is free first. */
  readonly take: () => FreeSlot | undefined;
}

export function createSlotHeap(): SlotHeap {
  const slots: FreeSlot[] = [];
  const timeAt = (index: number): number => slots[index]?.atSeconds ?? Infinity;
  const swap = (a: number, b: number): void => {
    const [first, second] = [slots[a], slots[b]];
    if (first && second) [slots[a], slots[b]] = [second, first];
  };
  const sink = (from: number): void => {
    for (let at = from; ;) {
      const child = timeAt(2 * at + 2) < timeAt(2 * at + 1) ? 2 * at + 2 : 2 * at + 1;
      if (timeAt(child) >= timeAt(at)) return;
      swap(at, child);
      at = child;
    }
  };
  return {
    add: (slot) => {
      slots.push(slot);
      for (let at = slots.length - 1; at > 0;) {
        const parent = (at - 1) >> 1;
        if (timeAt(parent) <= timeAt(at)) return;
        swap(at, parent);
        at = parent;
      }
    },
    take: () => {
      const first = slots[0];
      const last = slots.pop();
      if (last && slots.length > 0) {
        slots[0] = last;
        sink(0);
      }
      return first;
    },
  };
}
