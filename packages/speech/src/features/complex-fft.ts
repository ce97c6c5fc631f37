/**
 * A Stockham FFT of radices 2 and 5: natural order in and out, no bit reversal, double precision. Complex numbers lie
 * interleaved: real part at `2i`, imaginary part at `2i + 1`.
 */

interface Stage {
  readonly radix: number;
  /** Sub-transforms that this stage leaves, and the distance between their elements. */
  readonly count: number;
  readonly stride: number;
  /** `w_length^(jp)` at `p*radix + j`, interleaved. */
  readonly twiddles: Float64Array;
}

/** Transforms of one size; it owns its work space, so one instance serves one caller at a time. */
export class ComplexFft {
  readonly #stages: readonly Stage[];
  readonly #spare: Float64Array;

  /** @throws RangeError when `size` has a prime factor other than 2 and 5. */
  constructor(size: number) {
    this.#stages = planStages(size);
    this.#spare = new Float64Array(2 * size);
  }

  /** Transforms `input` (`size` complex numbers), which is overwritten; the answer is valid until the next call. */
  transform(input: Float64Array): Float64Array {
    let from = input;
    let to = this.#spare;
    for (const stage of this.#stages) {
      const run = stage.radix === 5 ? runRadix5 : runRadix2;
      run(stage, from, to);
      [from, to] = [to, from];
    }
    return from;
  }
}

function planStages(size: number): readonly Stage[] {
  const stages: Stage[] = [];
  for (let length = size; length > 1;) {
    const radix = [5, 2].find((factor) => length % factor === 0);
    if (radix === undefined) throw new RangeError(`${size} is not a product of 2 and 5`);
    stages.push(planStage(length, radix, size / length));
    length /= radix;
  }
  return stages;
}

function planStage(length: number, radix: number, stride: number): Stage {
  const twiddles = Float64Array.from({ length: 2 * length }, (_, i) => {
    const position = Math.floor(i / 2);
    const angle = (-2 * Math.PI * (position % radix) * Math.floor(position / radix)) / length;
    return i % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
  });
  return { radix, count: length / radix, stride, twiddles };
}

/* `?? 0` satisfies the type checker only: every index lies within the plan, and V8 removes the branch. */

function runRadix2({ count, stride, twiddles }: Stage, from: Float64Array, to: Float64Array): void {
  const step = 2 * stride * count;
  for (let p = 0; p < count; p += 1) {
    const c = twiddles[4 * p + 2] ?? 0;
    const s = twiddles[4 * p + 3] ?? 0;
    for (let q = 0; q < 2 * stride; q += 2) {
      const input = q + 2 * stride * p;
      const output = q + 4 * stride * p;
      const ar = from[input] ?? 0;
      const ai = from[input + 1] ?? 0;
      const br = from[input + step] ?? 0;
      const bi = from[input + step + 1] ?? 0;
      to[output] = ar + br;
      to[output + 1] = ai + bi;
      to[output + 2 * stride] = (ar - br) * c - (ai - bi) * s;
      to[output + 2 * stride + 1] = (ar - br) * s + (ai - bi) * c;
    }
  }
}

const COS_1 = Math.cos((2 * Math.PI) / 5);
const COS_2 = Math.cos((4 * Math.PI) / 5);
const SIN_1 = Math.sin((2 * Math.PI) / 5);
const SIN_2 = Math.sin((4 * Math.PI) / 5);

/** The 5-point DFT by its symmetry: outputs 1 and 4, and 2 and 3, share their sums (u) and differences (v). */
// eslint-disable-next-line complexity -- straight-line arithmetic; only its `??` count as branches
function runRadix5({ count, stride, twiddles }: Stage, from: Float64Array, to: Float64Array): void {
  const step = 2 * stride * count;
  const gap = 2 * stride;
  for (let pq = 0; pq < count * stride; pq += 1) {
    const p = Math.floor(pq / stride);
    const input = 2 * pq;
    const output = 2 * (pq + 4 * stride * p);
    const ar = from[input] ?? 0;
    const ai = from[input + 1] ?? 0;
    const br = from[input + step] ?? 0;
    const bi = from[input + step + 1] ?? 0;
    const cr = from[input + 2 * step] ?? 0;
    const ci = from[input + 2 * step + 1] ?? 0;
    const dr = from[input + 3 * step] ?? 0;
    const di = from[input + 3 * step + 1] ?? 0;
    const er = from[input + 4 * step] ?? 0;
    const ei = from[input + 4 * step + 1] ?? 0;
    const u1r = ar + COS_1 * (br + er) + COS_2 * (cr + dr);
    const u1i = ai + COS_1 * (bi + ei) + COS_2 * (ci + di);
    const u2r = ar + COS_2 * (br + er) + COS_1 * (cr + dr);
    const u2i = ai + COS_2 * (bi + ei) + COS_1 * (ci + di);
    const v1r = SIN_1 * (bi - ei) + SIN_2 * (ci - di);
    const v1i = -SIN_1 * (br - er) - SIN_2 * (cr - dr);
    const v2r = SIN_2 * (bi - ei) - SIN_1 * (ci - di);
    const v2i = -SIN_2 * (br - er) + SIN_1 * (cr - dr);
    to[output] = ar + br + cr + dr + er;
    to[output + 1] = ai + bi + ci + di + ei;
    to[output + gap] = u1r + v1r;
    to[output + gap + 1] = u1i + v1i;
    to[output + 2 * gap] = u2r + v2r;
    to[output + 2 * gap + 1] = u2i + v2i;
    to[output + 3 * gap] = u2r - v2r;
    to[output + 3 * gap + 1] = u2i - v2i;
    to[output + 4 * gap] = u1r - v1r;
    to[output + 4 * gap + 1] = u1i - v1i;
    for (let j = 1; j < 5; j += 1) turn(to, output + j * gap, twiddles, 2 * (5 * p + j));
  }
}

/** Multiplies the complex number at `values[at]` by the one at `factors[by]`. */
function turn(values: Float64Array, at: number, factors: Float64Array, by: number): void {
  const re = values[at] ?? 0;
  const im = values[at + 1] ?? 0;
  const c = factors[by] ?? 0;
  const s = factors[by + 1] ?? 0;
  values[at] = re * c - im * s;
  values[at + 1] = re * s + im * c;
}
