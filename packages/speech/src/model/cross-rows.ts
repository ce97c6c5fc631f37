import type { Tensor } from 'onnxruntime-node';
import { PipelineError } from '@whisper/shared/contracts/errors';
import type { EncodedWindow } from './encoded-window.ts';
import { outputOf } from './run-session.ts';
import { stackRows, takeRows } from './tensor-rows.ts';

type Tensors = Readonly<Record<string, Tensor>>;

/**
 * What the rows of a decoder listen to, as the packed graph takes it: a batch of windows, each with the same number of
 * rows, one after the other. Rows of one window that lie together share its keys and values.
 */
export class CrossRows {
  readonly #windows: Tensors;
  /** Which window each row listens to. */
  #ofRows: readonly number[];
  /** The windows of the batch, as it was made last. */
  #batch: readonly number[];
  #tensors: Tensors;

  constructor(windows: readonly EncodedWindow[], names: readonly string[]) {
    if (new Set(windows.map(({ positions }) => positions)).size > 1) {
      throw new PipelineError('engine_failed', 'Windows of different lengths cannot be decoded together.');
    }
    const stack = (name: string): Tensor => stackRows(windows.map(({ tensors }) => outputOf(tensors, name)));
    this.#windows = Object.fromEntries(names.map((name) => [name, stack(name)]));
    this.#ofRows = windows.map((_, i) => i);
    this.#batch = this.#ofRows;
    this.#tensors = this.#windows;
  }

  tensors(): Tensors {
    return this.#tensors;
  }

  /** Row i listens to what row `sources[i]` did. */
  reorder(sources: readonly number[]): void {
    this.#ofRows = sources.map((source) => this.#ofRows[source] ?? 0);
    const batch = batchOf(this.#ofRows);
    if (String(batch) === String(this.#batch)) return;
    this.#batch = batch;
    const entries = Object.entries(this.#windows);
    this.#tensors = Object.fromEntries(entries.map(([name, tensor]) => [name, takeRows(tensor, batch)]));
  }
}

/** One window for each run of rows where those runs are equally long, else one for each row. */
function batchOf(ofRows: readonly number[]): readonly number[] {
  const starts = ofRows.flatMap((window, i) => (window === ofRows[i - 1] ? [] : [i]));
  const lengths = starts.map((start, i) => (starts[i + 1] ?? ofRows.length) - start);
  const isEven = lengths.every((length) => length === lengths[0]);
  return isEven ? starts.map((start) => ofRows[start] ?? 0) : ofRows;
}
