import type { Segment, Word } from '@whisper/shared/contracts/transcript';
import { lengthOf, strip } from './python-text.ts';

/** How words become subtitles; all of it needs word times. The names and meanings are those of openai/whisper. */
export interface LineOptions {
  /** Characters of a line. */
  readonly maxLineWidth?: number | undefined;
  /** Lines of a subtitle; with `maxLineWidth`, subtitles no longer follow the segments. */
  readonly maxLineCount?: number | undefined;
  readonly maxWordsPerLine?: number | undefined;
  /** One cue a word, with that word underlined. */
  readonly highlightWords?: boolean | undefined;
}

/** Silence that ends a subtitle where subtitles do not follow the segments. */
const LONG_PAUSE_SECONDS = 3;
const UNLIMITED = 1000;

/**
 * Groups the words of a transcript into subtitles: the first word of each line is stripped, and led by a line feed
 * where it is not the first line. After `iterate_subtitles` in openai/whisper's utils.py.
 */
export function breakLines(segments: readonly Segment[], options: LineOptions): readonly (readonly Word[])[] {
  const breaker = new LineBreaker(options, segments);
  for (const { words = [] } of segments) breaker.addSegment(words);
  return breaker.finish();
}

class LineBreaker {
  readonly #followsSegments: boolean;
  readonly #maxLineWidth: number;
  readonly #maxLineCount: number;
  readonly #maxWordsPerLine: number;
  readonly #subtitles: Word[][] = [];
  #subtitle: Word[] = [];
  #lineLength = 0;
  #lineCount = 1;
  /** Start of the word before. */
  #lastSeconds: number;

  constructor(options: LineOptions, segments: readonly Segment[]) {
    this.#followsSegments = options.maxLineCount === undefined || options.maxLineWidth === undefined;
    this.#maxLineWidth = options.maxLineWidth ?? UNLIMITED;
    this.#maxLineCount = options.maxLineCount ?? Infinity;
    this.#maxWordsPerLine = options.maxWordsPerLine ?? UNLIMITED;
    this.#lastSeconds = segments.find(({ words }) => words?.[0])?.words?.[0]?.startSeconds ?? 0;
  }

  addSegment(words: readonly Word[]): void {
    words.forEach((word, i) => {
      this.#add(word, this.#followsSegments && i % this.#maxWordsPerLine === 0);
    });
  }

  finish(): readonly (readonly Word[])[] {
    if (this.#subtitle.length > 0) this.#subtitles.push(this.#subtitle);
    return this.#subtitles;
  }

  #add(word: Word, isFirst: boolean): void {
    const isLate = !this.#followsSegments && word.startSeconds - this.#lastSeconds > LONG_PAUSE_SECONDS;
    const mustBreak = isFirst && this.#subtitle.length > 0;
    const hasRoom = this.#lineLength + lengthOf(word.word) <= this.#maxLineWidth;
    if (this.#lineLength > 0 && hasRoom && !isLate && !mustBreak) {
      this.#lineLength += lengthOf(word.word);
      this.#subtitle.push(word);
    } else {
      this.#startLine(word, mustBreak || this.#isFull(isLate));
    }
    this.#lastSeconds = word.startSeconds;
  }

  #isFull(isLate: boolean): boolean {
    if (this.#subtitle.length === 0 || this.#maxLineCount === Infinity) return false;
    return isLate || this.#lineCount >= this.#maxLineCount;
  }

  #startLine(word: Word, endsSubtitle: boolean): void {
    const text = strip(word.word);
    const continues = !endsSubtitle && this.#lineLength > 0;
    if (endsSubtitle) {
      this.#subtitles.push(this.#subtitle);
      this.#subtitle = [];
      this.#lineCount = 1;
    } else if (continues) this.#lineCount += 1;
    this.#lineLength = lengthOf(text);
    this.#subtitle.push({ ...word, word: continues ? `\n${text}` : text });
  }
}
