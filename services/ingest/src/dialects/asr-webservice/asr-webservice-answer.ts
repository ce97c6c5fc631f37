import { languageName } from '@whisper/speech/formats/language-name';
import { renderTranscript, type Rendering } from '@whisper/speech/formats/render-transcript';
import { renderWhisperJson } from '@whisper/speech/formats/whisper-json';
import type { WholeAnswer } from '../dialect.ts';
import type { Output } from './asr-webservice-query.ts';

const ENGINE = 'whisper-server';
const PLAIN_TEXT = 'text/plain; charset=utf-8';

/** Whatever the output, that server sends it as plain text, to be saved as a file. */
export function asrAnswer(output: Output, rendering: Rendering): WholeAnswer {
  return {
    kind: 'whole',
    isJson: false,
    render: (transcript) => ({
      contentType: PLAIN_TEXT,
      body: output === 'json' ? renderWhisperJson(transcript) : renderTranscript(transcript, rendering).body,
    }),
    headers: ({ fileName }) => ({
      'Asr-Engine': ENGINE,
      'Content-Disposition': `attachment; filename="${quote(fileName)}.${output}"`,
    }),
  };
}

export const detectedLanguage: WholeAnswer = {
  kind: 'whole',
  isJson: true,
  render: ({ language, languageProbability }) => ({
    contentType: 'application/json; charset=utf-8',
    body: JSON.stringify({
      detected_language: languageName(language),
      language_code: language,
      confidence: languageProbability ?? null,
    }),
  }),
};

/** After Python's `urllib.parse.quote`: the name may hold anything. */
function quote(name: string): string {
  const bytes = Buffer.from(name).toString('latin1');
  return bytes.replace(
    /[^A-Za-z0-9_.~/-]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
