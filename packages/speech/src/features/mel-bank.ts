import { melFilters } from './mel-filters.ts';
import { BIN_COUNT } from './power-spectrum.ts';

/**
 * The mel filters, bin by bin: triangles meet at their neighbours' centres, so that a bin adds to two of them at most,
 * which lie side by side.
 */
export class MelBank {
  /** Of the two filters, the lower one. */
  readonly #filters = new Int32Array(BIN_COUNT);
  readonly #lower = new Float64Array(BIN_COUNT);
  readonly #upper = new Float64Array(BIN_COUNT);
  /** With room for what the last bins would add beyond the last filter: 0. */
  readonly #sums: Float64Array;
  readonly #energies: Float64Array;

  constructor(melCount: number) {
    this.#sums = new Float64Array(melCount + 1);
    this.#energies = this.#sums.subarray(0, melCount);
    const filters = melFilters(melCount);
    for (let mel = melCount - 1; mel >= 0; mel -= 1) {
      const { firstBin, weights } = filters[mel] ?? { firstBin: 0, weights: [] };
      weights.forEach((weight, i) => {
        const bin = firstBin + i;
        this.#filters[bin] = mel;
        this.#upper[bin] = this.#lower[bin] ?? 0;
        this.#lower[bin] = weight;
      });
    }
  }

  /** `power`: 201 bins. The energy that each filter lets through, valid until the next call. */
  energies(power: Float64Array): Float64Array {
    const sums = this.#sums;
    const filters = this.#filters;
    const lower = this.#lower;
    const upper = this.#upper;
    sums.fill(0);
    for (let bin = 0; bin < BIN_COUNT; bin += 1) {
      const filter = filters[bin] ?? 0;
      const value = power[bin] ?? 0;
      sums[filter] = (sums[filter] ?? 0) + (lower[bin] ?? 0) * value;
      sums[filter + 1] = (sums[filter + 1] ?? 0) + (upper[bin] ?? 0) * value;
    }
    return this.#energies;
  }
}
