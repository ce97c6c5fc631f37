import { logSumExp } from '../decoding/log-softmax.ts';

/** `[vocabulary]` of logits after token `index`. */
type LogitsAfter = (index: number) => Float32Array;

/**
 * The natural log-probability of each of `tokens` but the first, after those before it, among the ids below `limit`;
 * `-Infinity` for an id that is not below it.
 */
export function tokenLogProbabilities(
  tokens: readonly number[],
  limit: number,
  logitsAfter: LogitsAfter,
): Float32Array {
  return Float32Array.from(tokens.slice(1), (id, index) => {
    const row = logitsAfter(index);
    return id < limit ? (row[id] ?? -Infinity) - logSumExp(row, 0, limit) : -Infinity;
  });
}
