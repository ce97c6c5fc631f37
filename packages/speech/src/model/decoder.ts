import type { EncodedWindow } from './encoded-window.ts';

/** What one call of the decoder said about each of the tokens it was given. */
export interface Logits {
  /**
   * `[vocabulary]` of row `row` after its input token `index`, which is one that the step was asked for; a negative index
   * counts from the last. The caller may overwrite it.
   */
  at(row: number, index: number): Float32Array;
}

/**
 * Sequences of tokens that go on side by side, one a row, each listening to one window. It remembers keys and values of
 * what each row was given.
 */
export interface DecoderRun {
  /**
   * Gives every row its next tokens: `ids[row]`, equally many for each. `asked`: after which of them logits are wanted,
   * the last alone unless it says otherwise.
   * @throws PipelineError `engine_failed` when the graph fails.
   */
  step(ids: readonly (readonly number[])[], asked?: readonly number[]): Promise<Logits>;
  /**
   * Row i goes on from what row `sources[i]` was, so that rows change places, are dropped or are doubled; there are then
   * as many rows as sources, at least one. Only after a first step.
   */
  reorder(sources: readonly number[]): void;
}

export interface Decoder extends AsyncDisposable {
  /** Starts over: one row for each window, in their order. */
  start(windows: readonly EncodedWindow[]): DecoderRun;
}
