import type { Segment, Transcript } from '@whisper/shared/contracts/transcript';
import { languageName } from '@whisper/speech/formats/language-name';
import type { Rendering } from '@whisper/speech/formats/render-transcript';
import type { WholeAnswer } from '../dialect.ts';
import { wholeAnswer } from '../whole-answer.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Subtitles are ours; in JSON and text its server gives one segment a line, as decoded. */
export function whisperCppAnswer(rendering: Rendering): WholeAnswer {
  switch (rendering.format) {
    case 'json':
      return json((transcript) => ({ text: linesOf(transcript) }));
    case 'verbose_json':
      return json((transcript) => verbose(transcript, rendering.task));
    case 'text':
      return {
        kind: 'whole',
        isJson: false,
        render: (transcript) => ({ contentType: 'text/plain; charset=utf-8', body: linesOf(transcript) }),
      };
    case 'srt':
    case 'vtt':
    case 'tsv':
      return wholeAnswer(rendering);
  }
}

function json(toObject: (transcript: Transcript) => object): WholeAnswer {
  const render: WholeAnswer['render'] = (transcript) => ({
    contentType: JSON_TYPE,
    body: JSON.stringify(toObject(transcript)),
  });
  return { kind: 'whole', isJson: true, render };
}

function linesOf({ segments }: Transcript): string {
  return segments.map(({ text }) => `${text}\n`).join('');
}

function verbose(transcript: Transcript, task: Rendering['task']): object {
  const name = languageName(transcript.language);
  return {
    task,
    language: name,
    duration: transcript.durationSeconds,
    text: linesOf(transcript),
    segments: transcript.segments.map(toSegment),
    detected_language: name,
    ...(transcript.languageProbability !== undefined && {
      detected_language_probability: transcript.languageProbability,
    }),
  };
}

/** No times by attention heads (`t_dtw`) here: -1, as its server says where there are none. */
function toSegment(segment: Segment): object {
  return {
    id: segment.id,
    text: segment.text,
    start: segment.startSeconds,
    end: segment.endSeconds,
    tokens: segment.tokens,
    ...(segment.words && {
      words: segment.words.map(({ endSeconds, probability, startSeconds, word }) => ({
        word,
        start: startSeconds,
        end: endSeconds,
        t_dtw: -1,
        probability,
      })),
    }),
    temperature: segment.temperature,
    avg_logprob: segment.avgLogprob,
    no_speech_prob: segment.noSpeechProbability,
  };
}
