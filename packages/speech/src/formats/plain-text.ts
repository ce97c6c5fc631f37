import type { Transcript } from '@whisper/shared/contracts/transcript';
import { strip } from './python-text.ts';
import { millisecondsOf } from './timestamp.ts';

/** One segment a line, equal to what `WriteTXT` of openai/whisper writes. */
export function renderText({ segments }: Transcript): string {
  return segments.map(({ text }) => `${strip(text)}\n`).join('');
}

/** Start and end in whole milliseconds, and text, equal to what `WriteTSV` of openai/whisper writes. */
export function renderTsv({ segments }: Transcript): string {
  const rows = segments.map(({ startSeconds, endSeconds, text }) =>
    [millisecondsOf(startSeconds), millisecondsOf(endSeconds), strip(text).replaceAll('\t', ' ')].join('\t'),
  );
  return ['start\tend\ttext', ...rows].map((row) => `${row}\n`).join('');
}
