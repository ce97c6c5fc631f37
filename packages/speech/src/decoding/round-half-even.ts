/** To the nearest integer, halves to the even one: Python's `round`, which decides edge cases in the reference. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
