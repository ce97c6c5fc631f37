import type { Segment, Transcript } from '@whisper/shared/contracts/transcript';
import { languageName } from './language-name.ts';
import { strip } from './python-text.ts';

export interface VerboseOptions {
  readonly task: 'transcribe' | 'translate';
  /** What is timed in the answer; OpenAI's default is segments alone. */
  readonly granularities: readonly ('segment' | 'word')[];
}

/** `verbose_json` of OpenAI's API: the language by its full name, words at the top and without their space. */
export interface VerboseTranscript {
  readonly task: 'transcribe' | 'translate';
  readonly language: string;
  readonly duration: number;
  readonly text: string;
  readonly segments?: readonly VerboseSegment[];
  readonly words?: readonly VerboseWord[];
  readonly usage: { readonly type: 'duration'; readonly seconds: number };
}

interface VerboseSegment {
  readonly id: number;
  readonly seek: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly tokens: readonly number[];
  readonly temperature: number;
  readonly avg_logprob: number;
  readonly compression_ratio: number;
  readonly no_speech_prob: number;
}

interface VerboseWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

export function toVerboseTranscript(
  transcript: Transcript,
  { task, granularities }: VerboseOptions,
): VerboseTranscript {
  const { durationSeconds, segments, language, text } = transcript;
  return {
    task,
    language: task === 'translate' ? 'english' : languageName(language),
    duration: durationSeconds,
    text,
    ...(granularities.includes('word') && { words: segments.flatMap(wordsOf) }),
    ...(granularities.includes('segment') && { segments: segments.map(toVerboseSegment) }),
    usage: { type: 'duration', seconds: Math.ceil(durationSeconds) },
  };
}

function toVerboseSegment(segment: Segment): VerboseSegment {
  return {
    id: segment.id,
    seek: segment.seek,
    start: segment.startSeconds,
    end: segment.endSeconds,
    text: segment.text,
    tokens: segment.tokens,
    temperature: segment.temperature,
    avg_logprob: segment.avgLogprob,
    compression_ratio: segment.compressionRatio,
    no_speech_prob: segment.noSpeechProbability,
  };
}

function wordsOf({ words = [] }: Segment): VerboseWord[] {
  return words.map(({ word, startSeconds, endSeconds }) => ({
    word: strip(word),
    start: startSeconds,
    end: endSeconds,
  }));
}
