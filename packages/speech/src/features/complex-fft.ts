import { runLastRadix8, runRadix2, runRadix4, runRadix5, type Radix, type Stage } from './fft-butterflies.ts';

/**
 * A Stockham FFT of radices 5, 8, 4 and 2: natural order in and out, no bit reversal, double precision. Complex numbers lie
 * interleaved: real part at `2i`, imaginary part at `2i + 1`.
 */

const RADICES: readonly Radix[] = [5, 4, 2];

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
      if (stage.radix === 5) runRadix5(stage, from, to);
      else if (stage.radix === 4) runRadix4(stage, from, to);
      else if (stage.radix === 8) runLastRadix8(stage, from, to);
      else runRadix2(stage, from, to);
      [from, to] = [to, from];
    }
    return from;
  }
}

function planStages(size: number): readonly Stage[] {
  const stages: Stage[] = [];
  for (let length = size; length > 1;) {
    // The last stage turns nothing, so that eight points at once are cheap there.
    const radix = length === 8 ? 8 : RADICES.find((factor) => length % factor === 0);
    if (radix === undefined) throw new RangeError(`${size} is not a product of 2 and 5`);
    stages.push(planStage(length, radix, size / length));
    length /= radix;
  }
  return stages;
}

function planStage(length: number, radix: Radix, stride: number): Stage {
  const twiddles = Float64Array.from({ length: 2 * length }, (_, i) => {
    const position = Math.floor(i / 2);
    const angle = (-2 * Math.PI * (position % radix) * Math.floor(position / radix)) / length;
    return i % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
  });
  return { radix, count: length / radix, stride, twiddles };
}
