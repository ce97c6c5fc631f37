/**
 * The median of `width` neighbours, odd, along each row; the ends are mirrored without repeating the last value. Rows
 * no longer than half the width stay as they are. `values`: `[rows x columns]`. After `median_filter` in
 * openai/whisper's timing.py.
 */
export function medianFilter(values: Float32Array, columns: number, width: number): Float32Array {
  const reach = (width - 1) / 2;
  if (columns <= reach) return values;
  const filtered = new Float32Array(values.length);
  const neighbours = new Float32Array(width);
  for (let start = 0; start < values.length; start += columns) {
    for (let column = 0; column < columns; column += 1) {
      for (let i = 0; i < width; i += 1) {
        neighbours[i] = values[start + mirrored(column + i - reach, columns)] ?? 0;
      }
      filtered[start + column] = neighbours.sort()[reach] ?? 0;
    }
  }
  return filtered;
}

function mirrored(index: number, count: number): number {
  const last = count - 1;
  return last - Math.abs(last - Math.abs(index));
}
