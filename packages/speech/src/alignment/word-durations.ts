import type { WordTiming } from './find-alignment.ts';

const SENTENCE_ENDS = '.。!！?？';
const LONGEST_MEDIAN_SECONDS = 0.7;

/** How long words last in one window. */
export interface WordDurations {
  readonly medianSeconds: number;
  /** What is longer is taken for a word and a pause. */
  readonly maxSeconds: number;
}

export function measureWords(timings: readonly WordTiming[]): WordDurations {
  const lasting = timings.map(durationOf).filter((seconds) => seconds !== 0);
  const medianSeconds = Math.min(LONGEST_MEDIAN_SECONDS, median(lasting));
  return { medianSeconds, maxSeconds: 2 * medianSeconds };
}

/** Shortens what is too long at the end of a sentence; after `add_word_timestamps` in openai/whisper's timing.py. */
export function shortenAtSentenceEnds(
  timings: readonly WordTiming[],
  { maxSeconds }: WordDurations,
): readonly WordTiming[] {
  if (timings.every((timing) => durationOf(timing) === 0)) return timings;
  return timings.map((timing, i) => {
    const previous = timings[i - 1];
    if (previous === undefined || durationOf(timing) <= maxSeconds) return timing;
    if (SENTENCE_ENDS.includes(timing.word))
      return { ...timing, endSeconds: timing.startSeconds + maxSeconds };
    if (SENTENCE_ENDS.includes(previous.word))
      return { ...timing, startSeconds: timing.endSeconds - maxSeconds };
    return timing;
  });
}

function durationOf({ startSeconds, endSeconds }: WordTiming): number {
  return endSeconds - startSeconds;
}

function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  const upper = Math.floor(sorted.length / 2);
  const lower = sorted.length % 2 === 0 ? upper - 1 : upper;
  return ((sorted[lower] ?? 0) + (sorted[upper] ?? 0)) / 2;
}
