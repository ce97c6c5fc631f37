import {
  renderTranscript,
  type Rendering,
  type ResponseFormat,
} from '@whisper/speech/formats/render-transcript';
import type { WholeAnswer } from './dialect.ts';

const JSON_FORMATS: readonly ResponseFormat[] = ['json', 'verbose_json'];

/** The transcript in one of our own formats. */
export function wholeAnswer(rendering: Rendering): WholeAnswer {
  return {
    kind: 'whole',
    isJson: JSON_FORMATS.includes(rendering.format),
    render: (transcript) => renderTranscript(transcript, rendering),
  };
}
