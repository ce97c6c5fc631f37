import type { Transcript } from '@whisper/shared/contracts/transcript';
import type { LineOptions } from './break-lines.ts';
import { cuesOf } from './cues.ts';

/** SubRip, equal to what `WriteSRT` of openai/whisper writes. */
export function renderSrt(transcript: Transcript, options: LineOptions): string {
  const cues = cuesOf(transcript, options, { alwaysIncludeHours: true, decimalMarker: ',' });
  return cues.map(({ start, end, text }, i) => `${i + 1}\n${start} --> ${end}\n${text}\n\n`).join('');
}

/** WebVTT, equal to what `WriteVTT` of openai/whisper writes. */
export function renderVtt(transcript: Transcript, options: LineOptions): string {
  const cues = cuesOf(transcript, options, { alwaysIncludeHours: false, decimalMarker: '.' });
  return `WEBVTT\n\n${cues.map(({ start, end, text }) => `${start} --> ${end}\n${text}\n\n`).join('')}`;
}
