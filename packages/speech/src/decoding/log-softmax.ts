/** `log(sum(exp(values[from..to))))`, by the maximum first so that nothing overflows; -Infinity when none is finite. */
export function logSumExp(values: Float32Array, from = 0, to: number = values.length): number {
  const maximum = maximumOf(values, from, to);
  if (maximum === -Infinity) return -Infinity;
  let sum = 0;
  for (let i = from; i < to; i += 1) sum += Math.exp((values[i] ?? 0) - maximum);
  return maximum + Math.log(sum);
}

/** The largest of `values[from..to)`, -Infinity when there is none. */
export function maximumOf(values: Float32Array, from = 0, to: number = values.length): number {
  let maximum = -Infinity;
  for (let i = from; i < to; i += 1) {
    const value = values[i] ?? 0;
    if (value > maximum) maximum = value;
  }
  return maximum;
}
