import type { Segment, Transcript, Word } from '@whisper/shared/contracts/transcript';
import { breakLines, type LineOptions } from './break-lines.ts';
import { PYTHON_SPACE, strip } from './python-text.ts';
import { formatTimestamp, type TimestampStyle } from './timestamp.ts';

/** One subtitle; times as they are written. */
export interface Cue {
  readonly start: string;
  readonly end: string;
  readonly text: string;
}

/**
 * The subtitles of a transcript: by words where the transcript has them, else one a segment. After `iterate_result` in
 * openai/whisper's utils.py, which replaces `-->` only in the text of segments.
 */
export function cuesOf(transcript: Transcript, options: LineOptions, style: TimestampStyle): readonly Cue[] {
  const { segments } = transcript;
  if (segments[0]?.words === undefined) return segments.map((segment) => segmentCue(segment, style));
  const asCues = options.highlightWords === true ? highlightedCues : plainCue;
  return breakLines(segments, options).flatMap((words) => asCues(words, style));
}

function segmentCue({ startSeconds, endSeconds, text }: Segment, style: TimestampStyle): Cue {
  return {
    start: formatTimestamp(startSeconds, style),
    end: formatTimestamp(endSeconds, style),
    text: strip(text).replaceAll('-->', '->'),
  };
}

function plainCue(words: readonly Word[], style: TimestampStyle): Cue {
  return {
    start: formatTimestamp(words[0]?.startSeconds ?? 0, style),
    end: formatTimestamp(words.at(-1)?.endSeconds ?? 0, style),
    text: textOf(words),
  };
}

/** A cue for each word, and one without any underlined for each pause between words. */
function highlightedCues(words: readonly Word[], style: TimestampStyle): readonly Cue[] {
  let last = formatTimestamp(words[0]?.startSeconds ?? 0, style);
  return words.flatMap((word, i) => {
    const start = formatTimestamp(word.startSeconds, style);
    const end = formatTimestamp(word.endSeconds, style);
    const pause = last === start ? [] : [{ start: last, end: start, text: textOf(words) }];
    const shown = words.with(i, { ...word, word: underline(word.word) });
    last = end;
    return [...pause, { start, end, text: textOf(shown) }];
  });
}

const SPACE_THEN_LINE = new RegExp(`^([${PYTHON_SPACE}]*)([^\\n]*)(?=\\n?$)`);

function underline(word: string): string {
  return word.replace(SPACE_THEN_LINE, '$1<u>$2</u>');
}

function textOf(words: readonly Word[]): string {
  return words.map(({ word }) => word).join('');
}
