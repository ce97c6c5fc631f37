import type { EncodedWindow } from './encoded-window.ts';

/** Where the alignment heads looked while the decoder read a sequence of tokens. */
export interface CrossAttention {
  /**
   * `[heads x tokens x positions]`: query-key products before the softmax, each row up to a constant. A softmax over
   * the first `n` positions gives the attention over those alone, which is what `find_alignment` in openai/whisper's
   * timing.py takes with `n = num_frames // 2`.
   */
  readonly scores: Float32Array;
  readonly heads: number;
  readonly tokens: number;
  readonly positions: number;
  /**
   * `[tokens - 1]`: the natural log-probability of `tokens[i + 1]` after `tokens[0..i]`, among the ids below `textLimit`
   * alone; `-Infinity` for an id that is not below it.
   */
  readonly logProbabilities: Float32Array;
}

/** Reads a sequence of tokens against a window once more, for the times of its words. */
export interface Aligner {
  /**
   * `tokens`: start of transcript, language, task, no-timestamps, text, end of text, as the reference lays them out;
   * `textLimit`: the id of the end of text. The heads are those of `alignment_heads` in generation_config.json, else all
   * of the decoder's upper half.
   * @throws PipelineError `engine_failed` when the graph fails.
   */
  crossAttention(
    window: EncodedWindow,
    tokens: readonly number[],
    textLimit: number,
  ): Promise<CrossAttention>;
}
