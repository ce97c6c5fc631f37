import type { Word } from '@whisper/shared/contracts/transcript';
import type { SegmentDraft } from '../transcript/window-outcome.ts';
import type { WordDurations } from './word-durations.ts';

/** A segment's own time is preferred to that of a word which reaches this far over it. */
const TOLERANCE_SECONDS = 0.5;

type Timed = Pick<SegmentDraft, 'startSeconds' | 'endSeconds'> & { readonly words: readonly Word[] };

/**
 * Fits the words at the ends of a segment to it, or the segment to its words. After `add_word_timestamps` in
 * openai/whisper's timing.py.
 */
export function fitSegment(
  segment: SegmentDraft & { readonly words: Word[] },
  durations: WordDurations,
  lastSpeechSeconds: number,
): SegmentDraft {
  if (segment.words.length === 0) return segment;
  const words = shortenAfterPause(segment.words, durations, lastSpeechSeconds);
  const { words: fitted, ...times } = fitEnd(fitStart({ ...segment, words }, durations), durations);
  return { ...segment, ...times, words: [...fitted] };
}

/** The first two words after a pause last no longer than twice the median. */
function shortenAfterPause(
  words: readonly Word[],
  { medianSeconds, maxSeconds }: WordDurations,
  lastSpeechSeconds: number,
): readonly Word[] {
  const [first, second] = words;
  if (first === undefined || first.endSeconds - lastSpeechSeconds <= medianSeconds * 4) return words;
  const isLong = first.endSeconds - first.startSeconds > maxSeconds;
  const areLong = second !== undefined && second.endSeconds - first.startSeconds > maxSeconds * 2;
  if (!isLong && !areLong) return words;
  if (second === undefined || second.endSeconds - second.startSeconds <= maxSeconds) {
    return words.with(0, startLater(first, first.endSeconds, maxSeconds));
  }
  const boundary = Math.max(second.endSeconds / 2, second.endSeconds - maxSeconds);
  return words
    .with(0, startLater({ ...first, endSeconds: boundary }, boundary, maxSeconds))
    .with(1, { ...second, startSeconds: boundary });
}

function startLater(word: Word, endSeconds: number, maxSeconds: number): Word {
  return { ...word, startSeconds: Math.max(0, endSeconds - maxSeconds) };
}

function fitStart(segment: Timed, { medianSeconds }: WordDurations): Timed {
  const { words, startSeconds } = segment;
  const [first] = words;
  if (first === undefined) return segment;
  if (startSeconds < first.endSeconds && startSeconds - TOLERANCE_SECONDS > first.startSeconds) {
    const later = Math.max(0, Math.min(first.endSeconds - medianSeconds, startSeconds));
    return { ...segment, words: words.with(0, { ...first, startSeconds: later }) };
  }
  return { ...segment, startSeconds: first.startSeconds };
}

function fitEnd(segment: Timed, { medianSeconds }: WordDurations): Timed {
  const { words, endSeconds } = segment;
  const last = words.at(-1);
  if (last === undefined) return segment;
  if (endSeconds > last.startSeconds && endSeconds + TOLERANCE_SECONDS < last.endSeconds) {
    const earlier = Math.max(last.startSeconds + medianSeconds, endSeconds);
    return { ...segment, words: words.with(-1, { ...last, endSeconds: earlier }) };
  }
  return { ...segment, endSeconds: last.endSeconds };
}
