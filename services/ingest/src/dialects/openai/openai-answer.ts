import type { Transcript } from '@whisper/shared/contracts/transcript';
import type { Rendering } from '@whisper/speech/formats/render-transcript';
import type { StreamedAnswer, WholeAnswer } from '../dialect.ts';
import { wholeAnswer } from '../whole-answer.ts';
import { openaiErrorBody } from './openai-error.ts';

export function openaiAnswer(rendering: Rendering, stream: boolean): WholeAnswer | StreamedAnswer {
  if (stream) return rendering.format === 'verbose_json' ? STREAMED_WITH_SEGMENTS : STREAMED;
  return rendering.format === 'json' ? JSON_ANSWER : wholeAnswer(rendering);
}

/** Audio is counted in whole seconds. */
const usageOf = ({ durationSeconds }: Transcript): object => ({
  type: 'duration',
  seconds: Math.ceil(durationSeconds),
});

const JSON_ANSWER: WholeAnswer = {
  kind: 'whole',
  isJson: true,
  render: (transcript) => ({
    contentType: 'application/json; charset=utf-8',
    body: JSON.stringify({ text: transcript.text, usage: usageOf(transcript) }),
  }),
};

const STREAMED: StreamedAnswer = {
  kind: 'stream',
  delta: (delta) => ({ data: { type: 'transcript.text.delta', delta } }),
  done: (transcript) => ({
    data: { type: 'transcript.text.done', text: transcript.text, usage: usageOf(transcript) },
  }),
  error: (error) => ({ event: 'error', data: openaiErrorBody(error) }),
};

/** As OpenAI tells of them beside speakers, who are not known here. */
const STREAMED_WITH_SEGMENTS: StreamedAnswer = {
  ...STREAMED,
  segment: ({ endSeconds, id, startSeconds, text }) => ({
    data: { type: 'transcript.text.segment', id: `seg_${id}`, start: startSeconds, end: endSeconds, text },
  }),
};
