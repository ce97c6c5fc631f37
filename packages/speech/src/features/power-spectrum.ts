import { ComplexFft } from './complex-fft.ts';

/** Samples per frame. */
export const FRAME_SIZE = 400;
const HALF = FRAME_SIZE / 2;
/** 0 to 8000 Hz in steps of 40 Hz, both ends included. */
export const BIN_COUNT = HALF + 1;

/**
 * Squared magnitudes of the windowed DFT of one frame (periodic Hann). The 400 real samples are taken as 200 complex
 * ones, even as real parts and odd as imaginary parts, which halves the transform.
 */
export class PowerSpectrum {
  readonly #fft = new ComplexFft(HALF);
  readonly #windowed = new Float64Array(FRAME_SIZE);
  readonly #hann = table(FRAME_SIZE, (angle) => 0.5 - 0.5 * Math.cos(angle));
  readonly #cos = table(BIN_COUNT, Math.cos);
  readonly #sin = table(BIN_COUNT, Math.sin);
  readonly #bins = new Float64Array(BIN_COUNT);

  /** `samples[start..start+400)` to 201 bins, valid until the next call. */
  compute(samples: Float32Array, start: number): Float64Array {
    const windowed = this.#windowed;
    const hann = this.#hann;
    for (let i = 0; i < FRAME_SIZE; i += 1) windowed[i] = (samples[start + i] ?? 0) * (hann[i] ?? 0);
    const bins = this.#bins;
    unpack(this.#fft.transform(windowed), bins, this.#cos, this.#sin);
    return bins;
  }
}

/**
 * |X[k]|^2 of bins k and 200 - k at once: X[k] = E[k] + w^k O[k], where E and O are the spectra of the even and the odd
 * samples, and X[200 - k] is the conjugate of E[k] - w^k O[k].
 */
function unpack(packed: Float64Array, bins: Float64Array, cos: Float64Array, sin: Float64Array): void {
  const first = packed[0] ?? 0;
  const second = packed[1] ?? 0;
  bins[0] = (first + second) ** 2;
  bins[HALF] = (first - second) ** 2;
  for (let k = 1; k <= HALF / 2; k += 1) {
    const lowRe = packed[2 * k] ?? 0;
    const lowIm = packed[2 * k + 1] ?? 0;
    const highRe = packed[2 * (HALF - k)] ?? 0;
    const highIm = packed[2 * (HALF - k) + 1] ?? 0;
    const c = cos[k] ?? 0;
    const s = sin[k] ?? 0;
    const evenRe = lowRe + highRe;
    const evenIm = lowIm - highIm;
    const oddRe = (lowIm + highIm) * c + (highRe - lowRe) * s;
    const oddIm = (highRe - lowRe) * c - (lowIm + highIm) * s;
    bins[k] = ((evenRe + oddRe) ** 2 + (evenIm + oddIm) ** 2) / 4;
    bins[HALF - k] = ((evenRe - oddRe) ** 2 + (evenIm - oddIm) ** 2) / 4;
  }
}

/** `f` at the first `length` multiples of one 400th of a turn. */
function table(length: number, f: (angle: number) => number): Float64Array {
  return Float64Array.from({ length }, (_, i) => f((2 * Math.PI * i) / FRAME_SIZE));
}
