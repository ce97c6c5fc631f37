/** A queue by sequence: first in, first out, and anything can be taken out of the middle. */
export interface Fifo<T> extends Iterable<T> {
  readonly size: () => number;
  readonly first: () => T | undefined;
  readonly last: () => T | undefined;
  /** Takes its place by sequence, also when it comes back. */
  readonly add: (entry: T) => void;
  readonly remove: (sequence: number) => void;
}

interface Cell<T> {
  readonly sequence: number;
  entry: T | undefined;
}

/** Gone entries stay as empty cells; the array is copied once more than half of it is empty. */
const COMPACT_FROM = 64;

export function createFifo<T extends { readonly sequence: number }>(): Fifo<T> {
  let cells: Cell<T>[] = [];
  let head = 0;
  let size = 0;
  const compact = (): void => {
    while (cells[head] && !cells[head]?.entry) head++;
    while (cells.length > head && !cells.at(-1)?.entry) cells.pop();
    if (cells.length < COMPACT_FROM || cells.length < 2 * size) return;
    cells = cells.filter(({ entry }) => entry);
    head = 0;
  };
  return {
    size: () => size,
    first: () => cells[head]?.entry,
    last: () => (size > 0 ? cells.at(-1)?.entry : undefined),
    add: (entry) => {
      const at = placeOf(cells, entry.sequence);
      const present = cells[at];
      if (present?.sequence === entry.sequence && present.entry) return;
      if (present?.sequence === entry.sequence) present.entry = entry;
      else cells.splice(at, 0, { sequence: entry.sequence, entry });
      size++;
      head = Math.min(head, at);
    },
    remove: (sequence) => {
      const cell = cells[placeOf(cells, sequence)];
      if (cell?.sequence !== sequence || !cell.entry) return;
      cell.entry = undefined;
      size--;
      compact();
    },
    *[Symbol.iterator]() {
      for (const { entry } of cells.slice(head)) if (entry) yield entry;
    },
  };
}

/** The index of the first cell whose sequence is not below this one; most often it is the end. */
function placeOf(cells: readonly { readonly sequence: number }[], sequence: number): number {
  let low = 0;
  let high = cells.length;
  if ((cells.at(-1)?.sequence ?? -1) < sequence) return high;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cells[middle]?.sequence ?? Infinity) < sequence) low = middle + 1;
    else high = middle;
  }
  return low;
}
