/** The bits of one double; the high half holds its exponent. */
const scratch = new Float64Array(1);
const halves = new Uint32Array(scratch.buffer);
const HIGH = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0;
const LOG10_2 = Math.log10(2);
const LOG10_E_TWICE = 2 * Math.LOG10E;
/** `2^-exponent` at `exponent + 1023`. */
const SCALES = Float64Array.from({ length: 2047 }, (_, i) => 2 ** (1023 - i));

/**
 * log10 of a positive normal number to 1e-9, in half the time of `Math.log10`: the exponent, and of the mantissa (between
 * 0.7 and 1.4) the series of `ln m = 2 artanh((m - 1) / (m + 1))`.
 */
export function fastLog10(value: number): number {
  scratch[0] = value;
  // Moves the cut between two exponents from 1 to the root of 2, so that the series is short on both sides.
  const exponent = ((halves[HIGH] ?? 0) + 0x0009_5f61) >>> 20;
  const mantissa = value * (SCALES[exponent] ?? 0);
  const t = (mantissa - 1) / (mantissa + 1);
  const square = t * t;
  const series = 1 + square * (1 / 3 + square * (1 / 5 + square * (1 / 7 + square / 9)));
  return (exponent - 1023) * LOG10_2 + LOG10_E_TWICE * t * series;
}
