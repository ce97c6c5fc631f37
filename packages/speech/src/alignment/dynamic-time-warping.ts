/** A path through a matrix from its first cell to its last: step i goes through `(rows[i], columns[i])`. */
export interface WarpingPath {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

const DIAGONAL = 0;
const DOWN = 1;
const RIGHT = 2;

/**
 * The cheapest path by steps down, right or both. `costs`: `[rowCount x columnCount]`. After `dtw_cpu` and `backtrace` in
 * openai/whisper's timing.py.
 */
export function warp(costs: Float32Array, rowCount: number, columnCount: number): WarpingPath {
  return traceBack(stepsOf(costs, rowCount, columnCount), rowCount, columnCount);
}

/** How each cell is best reached, `[rowCount + 1 x columnCount + 1]` with a border before the first row and column. */
function stepsOf(costs: Float32Array, rowCount: number, columnCount: number): Uint8Array {
  const width = columnCount + 1;
  const steps = new Uint8Array((rowCount + 1) * width);
  let above = new Float64Array(width).fill(Infinity);
  above[0] = 0;
  for (let row = 1; row <= rowCount; row += 1) {
    const totals = new Float64Array(width).fill(Infinity);
    for (let column = 1; column < width; column += 1) {
      const step = cheapest(at(above, column - 1), at(above, column), at(totals, column - 1));
      const [from, offset] = step === RIGHT ? [totals, 1] : [above, step === DIAGONAL ? 1 : 0];
      totals[column] = at(from, column - offset) + (costs[(row - 1) * columnCount + column - 1] ?? 0);
      steps[row * width + column] = step;
    }
    above = totals;
  }
  return steps;
}

function at(totals: Float64Array, index: number): number {
  return totals[index] ?? Infinity;
}

function cheapest(diagonal: number, down: number, right: number): number {
  if (diagonal < down && diagonal < right) return DIAGONAL;
  return down < diagonal && down < right ? DOWN : RIGHT;
}

function traceBack(steps: Uint8Array, rowCount: number, columnCount: number): WarpingPath {
  const path: [number, number][] = [];
  for (let row = rowCount, column = columnCount; row > 0 || column > 0;) {
    path.push([row - 1, column - 1]);
    const step = row === 0 ? RIGHT : column === 0 ? DOWN : steps[row * (columnCount + 1) + column];
    if (step !== RIGHT) row -= 1;
    if (step !== DOWN) column -= 1;
  }
  path.reverse();
  return { rows: path.map(([row]) => row), columns: path.map(([, column]) => column) };
}
