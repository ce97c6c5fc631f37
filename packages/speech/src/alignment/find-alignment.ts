import type { CrossAttention } from '../model/aligner.ts';
import { attentionMatrix } from './attention-matrix.ts';
import { warp } from './dynamic-time-warping.ts';
import type { TokenWord } from './split-words.ts';

/** A word and when it is said, in seconds from the start of its window. */
export interface WordTiming extends TokenWord {
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** Mean probability of its tokens. */
  readonly probability: number;
}

export interface AlignedText {
  /** Of the start sequence, no-timestamps, the text and the end of text. */
  readonly attention: CrossAttention;
  /** Tokens of the start sequence, without no-timestamps. */
  readonly sequenceLength: number;
  /** The words of the text and, last, the end of text. */
  readonly words: readonly TokenWord[];
  /** Positions of the encoder's output that lie in the recording. */
  readonly positions: number;
  readonly positionsPerSecond: number;
}

/** When each word is said; after `find_alignment` in openai/whisper's timing.py. */
export function findAlignment(aligned: AlignedText): readonly WordTiming[] {
  const { words, attention, sequenceLength } = aligned;
  if (words.length <= 1) return [];
  const startSeconds = tokenStarts(aligned);
  let first = 0;
  return words.slice(0, -1).map((word) => {
    const end = first + word.tokens.length;
    const logProbabilities = attention.logProbabilities.subarray(
      sequenceLength + first,
      sequenceLength + end,
    );
    const timing = {
      ...word,
      startSeconds: startSeconds[first] ?? 0,
      endSeconds: startSeconds[end] ?? 0,
      probability: meanProbability(logProbabilities),
    };
    first = end;
    return timing;
  });
}

/** When each token of the text begins, and last the end of text. */
function tokenStarts({
  attention,
  sequenceLength,
  positions,
  positionsPerSecond,
}: AlignedText): readonly number[] {
  const matrix = attentionMatrix(attention, positions);
  const rows = attention.tokens - sequenceLength - 1;
  const costs = matrix.subarray(sequenceLength * positions, (sequenceLength + rows) * positions);
  const path = warp(
    costs.map((weight) => -weight),
    rows,
    positions,
  );
  const starts = path.columns.filter((_, i) => i === 0 || path.rows[i] !== path.rows[i - 1]);
  return starts.map((position) => position / positionsPerSecond);
}

function meanProbability(logProbabilities: Float32Array): number {
  return logProbabilities.reduce((sum, value) => sum + Math.exp(value), 0) / logProbabilities.length;
}
