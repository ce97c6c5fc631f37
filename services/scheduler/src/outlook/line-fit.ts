/** How fast old samples fade: about the last 40 count. */
const KEEP = 0.975;
/** Fewer samples than these tell a mean, no slope. */
const SLOPE_FROM = 6;
/** A sample this many times above what was expected counts as this many times: one odd job decides nothing. */
const MOST_ABOVE = 5;

/** y = a + b·x by least squares over samples that fade; never below zero, never falling. */
export interface LineFit {
  readonly add: (x: number, y: number) => void;
  /** `undefined` before the first sample. */
  readonly at: (x: number) => number | undefined;
  readonly samples: () => number;
}

interface Sums {
  readonly n: number;
  readonly x: number;
  readonly y: number;
  readonly xx: number;
  readonly xy: number;
}

export function createLineFit(): LineFit {
  let sums: Sums = { n: 0, x: 0, y: 0, xx: 0, xy: 0 };
  let samples = 0;
  const at = (x: number): number | undefined => (samples === 0 ? undefined : valueAt(sums, samples, x));
  return {
    add: (x, y) => {
      const expected = at(x);
      const taken = samples < SLOPE_FROM || !expected ? y : Math.min(y, expected * MOST_ABOVE);
      sums = {
        n: sums.n * KEEP + 1,
        x: sums.x * KEEP + x,
        y: sums.y * KEEP + taken,
        xx: sums.xx * KEEP + x * x,
        xy: sums.xy * KEEP + x * taken,
      };
      samples++;
    },
    at,
    samples: () => samples,
  };
}

function valueAt({ n, x: sx, y: sy, xx, xy }: Sums, samples: number, x: number): number {
  const [meanX, meanY] = [sx / n, sy / n];
  const spread = xx / n - meanX * meanX;
  // Jobs of one size tell nothing about others.
  if (samples < SLOPE_FROM || spread <= 1e-6 * meanX * meanX) return meanY;
  const slope = Math.max(0, (xy / n - meanX * meanY) / spread);
  const start = meanY - slope * meanX;
  // A line that starts below zero is too steep for short jobs: then through the origin.
  return start >= 0 ? start + slope * x : (meanY / meanX) * x;
}
