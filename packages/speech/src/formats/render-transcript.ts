import type { Transcript } from '@whisper/shared/contracts/transcript';
import type { LineOptions } from './break-lines.ts';
import { renderText, renderTsv } from './plain-text.ts';
import { renderSrt, renderVtt } from './subtitles.ts';
import { toVerboseTranscript, type VerboseOptions } from './verbose-json.ts';

export const RESPONSE_FORMATS = ['json', 'text', 'srt', 'vtt', 'tsv', 'verbose_json'] as const;
export type ResponseFormat = (typeof RESPONSE_FORMATS)[number];

/** How a transcript is to be written; it changes nothing about what the transcript says. */
export interface Rendering extends VerboseOptions {
  readonly format: ResponseFormat;
  readonly lines: LineOptions;
}

export interface Rendered {
  readonly contentType: string;
  readonly body: string;
}

const CONTENT_TYPES: Readonly<Record<ResponseFormat, string>> = {
  json: 'application/json; charset=utf-8',
  text: 'text/plain; charset=utf-8',
  srt: 'application/x-subrip; charset=utf-8',
  vtt: 'text/vtt; charset=utf-8',
  tsv: 'text/tab-separated-values; charset=utf-8',
  verbose_json: 'application/json; charset=utf-8',
};

/** The transcript in the format that was asked for. */
export function renderTranscript(transcript: Transcript, rendering: Rendering): Rendered {
  return { contentType: CONTENT_TYPES[rendering.format], body: bodyOf(transcript, rendering) };
}

function bodyOf(transcript: Transcript, rendering: Rendering): string {
  switch (rendering.format) {
    case 'json':
      return JSON.stringify({ text: transcript.text });
    case 'verbose_json':
      return JSON.stringify(toVerboseTranscript(transcript, rendering));
    case 'text':
      return renderText(transcript);
    case 'tsv':
      return renderTsv(transcript);
    case 'srt':
      return renderSrt(transcript, rendering.lines);
    case 'vtt':
      return renderVtt(transcript, rendering.lines);
  }
}
