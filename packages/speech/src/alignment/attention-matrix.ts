import type { CrossAttention } from '../model/aligner.ts';
import { medianFilter } from './median-filter.ts';

const MEDIAN_WIDTH = 7;

/**
 * Where the model listened while it read each token: `[tokens x positions]`, the mean over its alignment heads of their
 * attention over the first `positions`, normalised over the tokens and smoothed over time. After `find_alignment` in
 * openai/whisper's timing.py.
 */
export function attentionMatrix(attention: CrossAttention, positions: number): Float32Array {
  const { heads, tokens } = attention;
  const mean = new Float32Array(tokens * positions);
  for (let head = 0; head < heads; head += 1) {
    const weights = softmaxRows(attention, head, positions);
    normaliseColumns(weights, tokens, positions);
    const smooth = medianFilter(weights, positions, MEDIAN_WIDTH);
    smooth.forEach((value, i) => (mean[i] = (mean[i] ?? 0) + value / heads));
  }
  return mean;
}

/** Attention of one head over the first positions alone: `[tokens x positions]`. */
function softmaxRows(attention: CrossAttention, head: number, positions: number): Float32Array {
  const { scores, tokens } = attention;
  const weights = new Float32Array(tokens * positions);
  for (let token = 0; token < tokens; token += 1) {
    const start = (head * tokens + token) * attention.positions;
    const row = scores.subarray(start, start + positions);
    const highest = row.reduce((a, b) => Math.max(a, b), -Infinity);
    const exponentials = row.map((score) => Math.exp(score - highest));
    const total = exponentials.reduce((a, b) => a + b, 0);
    weights.set(
      exponentials.map((value) => value / total),
      token * positions,
    );
  }
  return weights;
}

/** Each column to a mean of 0 and a standard deviation of 1, in place. */
function normaliseColumns(weights: Float32Array, rows: number, columns: number): void {
  for (let column = 0; column < columns; column += 1) {
    const values = Array.from({ length: rows }, (_, row) => weights[row * columns + column] ?? 0);
    const mean = values.reduce((a, b) => a + b, 0) / rows;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows);
    values.forEach((value, row) => (weights[row * columns + column] = (value - mean) / deviation));
  }
}
