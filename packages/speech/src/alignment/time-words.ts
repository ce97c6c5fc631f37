import type { Word } from '@whisper/shared/contracts/transcript';
import type { SegmentDraft } from '../transcript/window-outcome.ts';
import { fitSegment } from './fit-segment.ts';
import type { WordTiming } from './find-alignment.ts';
import { mergePunctuations, type Punctuations } from './merge-punctuations.ts';
import { roundHalfEven } from '../decoding/round-half-even.ts';
import { measureWords, shortenAtSentenceEnds } from './word-durations.ts';

export interface WordContext extends Punctuations {
  /** Ids from here on are no text. */
  readonly endOfText: number;
  /** Start of the window in the recording. */
  readonly offsetSeconds: number;
  /** Where the last word before the window ended. */
  readonly lastSpeechSeconds: number;
}

/**
 * Gives the segments of one window their words, and fits words and segments to each other. `timings`: of the text of all
 * segments together. After `add_word_timestamps` in openai/whisper's timing.py.
 */
export function timeWords(
  segments: readonly SegmentDraft[],
  timings: readonly WordTiming[],
  context: WordContext,
): readonly SegmentDraft[] {
  const durations = measureWords(timings);
  const merged = mergePunctuations(shortenAtSentenceEnds(timings, durations), context);
  let lastSpeechSeconds = context.lastSpeechSeconds;
  let next = 0;
  return segments.map((segment) => {
    const count = wordCount(merged, next, textLength(segment, context.endOfText));
    const words = merged.slice(next, next + count).flatMap((timing) => wordOf(timing, context.offsetSeconds));
    next += count;
    const fitted = fitSegment({ ...segment, words }, durations, lastSpeechSeconds);
    if (words.length > 0) lastSpeechSeconds = fitted.endSeconds;
    return fitted;
  });
}

function textLength({ tokens }: SegmentDraft, endOfText: number): number {
  return tokens.filter((id) => id < endOfText).length;
}

/** How many timings from `first` on make up `tokenCount` tokens; a word is not split between segments. */
function wordCount(timings: readonly WordTiming[], first: number, tokenCount: number): number {
  let taken = 0;
  let count = 0;
  while (first + count < timings.length && taken < tokenCount) {
    taken += timings[first + count]?.tokens.length ?? 0;
    count += 1;
  }
  return count;
}

/** Nothing for what punctuation left behind. */
function wordOf({ word, startSeconds, endSeconds, probability }: WordTiming, offsetSeconds: number): Word[] {
  if (word === '') return [];
  return [
    {
      word,
      startSeconds: toHundredths(offsetSeconds + startSeconds),
      endSeconds: toHundredths(offsetSeconds + endSeconds),
      probability,
    },
  ];
}

function toHundredths(seconds: number): number {
  return roundHalfEven(seconds * 100) / 100;
}
