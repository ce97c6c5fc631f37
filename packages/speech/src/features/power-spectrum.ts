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
    for (let i = 0; i < FRAME_SIZE; i += 1) {
      this.#windowed[i] = (samples[start + i] ?? 0) * (this.#hann[i] ?? 0);
    }
    const packed = this.#fft.transform(this.#windowed);
    for (let k = 0; k < BIN_COUNT; k += 1) this.#bins[k] = this.#power(packed, k);
    return this.#bins;
  }

  /** |X[k]|^2 with X[k] = E[k] + w^k O[k], where E and O are the spectra of the even and the odd samples. */
  #power(packed: Float64Array, k: number): number {
    const low = 2 * (k % HALF);
    const high = 2 * ((HALF - k) % HALF);
    const lowRe = packed[low] ?? 0;
    const lowIm = packed[low + 1] ?? 0;
    const highRe = packed[high] ?? 0;
    const highIm = packed[high + 1] ?? 0;
    const c = this.#cos[k] ?? 0;
    const s = this.#sin[k] ?? 0;
    const real = lowRe + highRe + (lowIm + highIm) * c + (highRe - lowRe) * s;
    const imaginary = lowIm - highIm + (highRe - lowRe) * c - (lowIm + highIm) * s;
    return (real * real + imaginary * imaginary) / 4;
  }
}

/** `f` at the first `length` multiples of one 400th of a turn. */
function table(length: number, f: (angle: number) => number): Float64Array {
  return Float64Array.from({ length }, (_, i) => f((2 * Math.PI * i) / FRAME_SIZE));
}
