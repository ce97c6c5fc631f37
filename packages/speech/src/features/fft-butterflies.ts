/** The arithmetic of one stage of a Stockham FFT, by radix; complex numbers interleaved, in double precision. */

export interface Stage {
  readonly radix: Radix;
  /** Sub-transforms that this stage leaves, and the distance between their elements. */
  readonly count: number;
  readonly stride: number;
  /** `w_length^(jp)` at `p*radix + j`, interleaved. */
  readonly twiddles: Float64Array;
}

export type Radix = 2 | 4 | 5 | 8;
/* `?? 0` satisfies the type checker only: every index lies within the plan, and V8 removes the branch. */

export function runRadix2({ count, stride, twiddles }: Stage, from: Float64Array, to: Float64Array): void {
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

// eslint-disable-next-line complexity -- straight-line arithmetic; only its `??` count as branches
export function runRadix4({ count, stride, twiddles }: Stage, from: Float64Array, to: Float64Array): void {
  const step = 2 * stride * count;
  const gap = 2 * stride;
  for (let p = 0; p < count; p += 1) {
    const c1 = twiddles[8 * p + 2] ?? 0;
    const s1 = twiddles[8 * p + 3] ?? 0;
    const c2 = twiddles[8 * p + 4] ?? 0;
    const s2 = twiddles[8 * p + 5] ?? 0;
    const c3 = twiddles[8 * p + 6] ?? 0;
    const s3 = twiddles[8 * p + 7] ?? 0;
    for (let q = 0; q < gap; q += 2) {
      const input = q + gap * p;
      const output = q + 4 * gap * p;
      const ar = from[input] ?? 0;
      const ai = from[input + 1] ?? 0;
      const br = from[input + step] ?? 0;
      const bi = from[input + step + 1] ?? 0;
      const cr = from[input + 2 * step] ?? 0;
      const ci = from[input + 2 * step + 1] ?? 0;
      const dr = from[input + 3 * step] ?? 0;
      const di = from[input + 3 * step + 1] ?? 0;
      const evenR = ar - cr;
      const evenI = ai - ci;
      const oddR = bi - di; // -i (b - d)
      const oddI = dr - br;
      const middleR = ar + cr - br - dr;
      const middleI = ai + ci - bi - di;
      to[output] = ar + cr + br + dr;
      to[output + 1] = ai + ci + bi + di;
      to[output + gap] = (evenR + oddR) * c1 - (evenI + oddI) * s1;
      to[output + gap + 1] = (evenR + oddR) * s1 + (evenI + oddI) * c1;
      to[output + 2 * gap] = middleR * c2 - middleI * s2;
      to[output + 2 * gap + 1] = middleR * s2 + middleI * c2;
      to[output + 3 * gap] = (evenR - oddR) * c3 - (evenI - oddI) * s3;
      to[output + 3 * gap + 1] = (evenR - oddR) * s3 + (evenI - oddI) * c3;
    }
  }
}

const ROOT_HALF = Math.SQRT1_2;

/** Two 4-point DFTs, of the even and of the odd points, joined without twiddles but those of 8 points. */
// eslint-disable-next-line complexity, max-lines-per-function -- as above
export function runLastRadix8({ stride }: Stage, from: Float64Array, to: Float64Array): void {
  const gap = 2 * stride;
  for (let q = 0; q < gap; q += 2) {
    const x0r = from[q] ?? 0;
    const x0i = from[q + 1] ?? 0;
    const x1r = from[q + gap] ?? 0;
    const x1i = from[q + gap + 1] ?? 0;
    const x2r = from[q + 2 * gap] ?? 0;
    const x2i = from[q + 2 * gap + 1] ?? 0;
    const x3r = from[q + 3 * gap] ?? 0;
    const x3i = from[q + 3 * gap + 1] ?? 0;
    const x4r = from[q + 4 * gap] ?? 0;
    const x4i = from[q + 4 * gap + 1] ?? 0;
    const x5r = from[q + 5 * gap] ?? 0;
    const x5i = from[q + 5 * gap + 1] ?? 0;
    const x6r = from[q + 6 * gap] ?? 0;
    const x6i = from[q + 6 * gap + 1] ?? 0;
    const x7r = from[q + 7 * gap] ?? 0;
    const x7i = from[q + 7 * gap + 1] ?? 0;
    const e0r = x0r + x4r + x2r + x6r;
    const e0i = x0i + x4i + x2i + x6i;
    const e2r = x0r + x4r - x2r - x6r;
    const e2i = x0i + x4i - x2i - x6i;
    const e1r = x0r - x4r + (x2i - x6i);
    const e1i = x0i - x4i - (x2r - x6r);
    const e3r = x0r - x4r - (x2i - x6i);
    const e3i = x0i - x4i + (x2r - x6r);
    const o0r = x1r + x5r + x3r + x7r;
    const o0i = x1i + x5i + x3i + x7i;
    const o2r = x1r + x5r - x3r - x7r;
    const o2i = x1i + x5i - x3i - x7i;
    const o1r = x1r - x5r + (x3i - x7i);
    const o1i = x1i - x5i - (x3r - x7r);
    const o3r = x1r - x5r - (x3i - x7i);
    const o3i = x1i - x5i + (x3r - x7r);
    const t1r = ROOT_HALF * (o1r + o1i);
    const t1i = ROOT_HALF * (o1i - o1r);
    const t3r = ROOT_HALF * (o3i - o3r);
    const t3i = -ROOT_HALF * (o3r + o3i);
    to[q] = e0r + o0r;
    to[q + 1] = e0i + o0i;
    to[q + gap] = e1r + t1r;
    to[q + gap + 1] = e1i + t1i;
    to[q + 2 * gap] = e2r + o2i;
    to[q + 2 * gap + 1] = e2i - o2r;
    to[q + 3 * gap] = e3r + t3r;
    to[q + 3 * gap + 1] = e3i + t3i;
    to[q + 4 * gap] = e0r - o0r;
    to[q + 4 * gap + 1] = e0i - o0i;
    to[q + 5 * gap] = e1r - t1r;
    to[q + 5 * gap + 1] = e1i - t1i;
    to[q + 6 * gap] = e2r - o2i;
    to[q + 6 * gap + 1] = e2i + o2r;
    to[q + 7 * gap] = e3r - t3r;
    to[q + 7 * gap + 1] = e3i - t3i;
  }
}

const COS_1 = Math.cos((2 * Math.PI) / 5);
const COS_2 = Math.cos((4 * Math.PI) / 5);
const SIN_1 = Math.sin((2 * Math.PI) / 5);
const SIN_2 = Math.sin((4 * Math.PI) / 5);

/** The 5-point DFT by its symmetry: outputs 1 and 4, and 2 and 3, share their sums (u) and differences (v). */
// eslint-disable-next-line complexity -- as above
export function runRadix5({ count, stride, twiddles }: Stage, from: Float64Array, to: Float64Array): void {
  const step = 2 * stride * count;
  const gap = 2 * stride;
  for (let p = 0; p < count; p += 1) {
    const c1 = twiddles[10 * p + 2] ?? 0;
    const s1 = twiddles[10 * p + 3] ?? 0;
    const c2 = twiddles[10 * p + 4] ?? 0;
    const s2 = twiddles[10 * p + 5] ?? 0;
    const c3 = twiddles[10 * p + 6] ?? 0;
    const s3 = twiddles[10 * p + 7] ?? 0;
    const c4 = twiddles[10 * p + 8] ?? 0;
    const s4 = twiddles[10 * p + 9] ?? 0;
    for (let q = 0; q < gap; q += 2) {
      const input = q + gap * p;
      const output = q + 5 * gap * p;
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
      const besR = br + er;
      const besI = bi + ei;
      const cdsR = cr + dr;
      const cdsI = ci + di;
      const bedR = br - er;
      const bedI = bi - ei;
      const cddR = cr - dr;
      const cddI = ci - di;
      const u1r = ar + COS_1 * besR + COS_2 * cdsR;
      const u1i = ai + COS_1 * besI + COS_2 * cdsI;
      const u2r = ar + COS_2 * besR + COS_1 * cdsR;
      const u2i = ai + COS_2 * besI + COS_1 * cdsI;
      const v1r = SIN_1 * bedI + SIN_2 * cddI;
      const v1i = -SIN_1 * bedR - SIN_2 * cddR;
      const v2r = SIN_2 * bedI - SIN_1 * cddI;
      const v2i = -SIN_2 * bedR + SIN_1 * cddR;
      to[output] = ar + besR + cdsR;
      to[output + 1] = ai + besI + cdsI;
      to[output + gap] = (u1r + v1r) * c1 - (u1i + v1i) * s1;
      to[output + gap + 1] = (u1r + v1r) * s1 + (u1i + v1i) * c1;
      to[output + 2 * gap] = (u2r + v2r) * c2 - (u2i + v2i) * s2;
      to[output + 2 * gap + 1] = (u2r + v2r) * s2 + (u2i + v2i) * c2;
      to[output + 3 * gap] = (u2r - v2r) * c3 - (u2i - v2i) * s3;
      to[output + 3 * gap + 1] = (u2r - v2r) * s3 + (u2i - v2i) * c3;
      to[output + 4 * gap] = (u1r - v1r) * c4 - (u1i - v1i) * s4;
      to[output + 4 * gap + 1] = (u1r - v1r) * s4 + (u1i - v1i) * c4;
    }
  }
}
