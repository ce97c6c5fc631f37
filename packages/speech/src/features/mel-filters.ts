/** Slaney-style mel filters, as `librosa.filters.mel(sr=16000, n_fft=400)` builds them for Whisper. */

const SAMPLE_RATE_HZ = 16_000;
const FFT_SIZE = 400;
const BIN_COUNT = FFT_SIZE / 2 + 1;

/** One triangle: its non-zero weights over the power spectrum's bins from `firstBin` on. */
export interface MelFilter {
  readonly firstBin: number;
  readonly weights: Float64Array;
}

/**
 * The filters over 201 bins of 40 Hz, from 0 to 8000 Hz, each scaled to unit area (Slaney's norm).
 * Only the non-zero stretch of each is kept: about 400 weights instead of `melCount x 201`.
 */
export function melFilters(melCount: number): readonly MelFilter[] {
  const topMel = hertzToMel(SAMPLE_RATE_HZ / 2);
  const edgesHz = Array.from({ length: melCount + 2 }, (_, i) => melToHertz((topMel * i) / (melCount + 1)));
  return Array.from({ length: melCount }, (_, i) => triangle(edgesHz.slice(i, i + 3)));
}

function triangle([low = 0, centre = 0, high = 0]: readonly number[]): MelFilter {
  const stepHz = SAMPLE_RATE_HZ / FFT_SIZE;
  const firstBin = Math.floor(low / stepHz) + 1;
  const weights: number[] = [];
  for (let bin = firstBin; bin < BIN_COUNT && bin * stepHz < high; bin += 1) {
    const frequency = bin * stepHz;
    const slope = Math.min((frequency - low) / (centre - low), (high - frequency) / (high - centre));
    weights.push((slope * 2) / (high - low));
  }
  return { firstBin, weights: Float64Array.from(weights) };
}

/** Slaney's scale: linear below 1 kHz (15 mel), logarithmic above. */
const LOG_STEP = Math.log(6.4) / 27;

function hertzToMel(hertz: number): number {
  return hertz < 1000 ? (hertz * 3) / 200 : 15 + Math.log(hertz / 1000) / LOG_STEP;
}

function melToHertz(mel: number): number {
  return mel < 15 ? (mel * 200) / 3 : 1000 * Math.exp(LOG_STEP * (mel - 15));
}
