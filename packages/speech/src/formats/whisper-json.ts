import type { Segment, Transcript, Word } from '@whisper/shared/contracts/transcript';
import { floatLiteral, stringLiteral } from './python-text.ts';

/**
 * The result of openai/whisper's `transcribe` as its `WriteJSON` writes it: everything, the language by its code,
 * `0.0` where JavaScript would write `0`.
 */
export function renderWhisperJson({ text, segments, language }: Transcript): string {
  return object({
    text: stringLiteral(text),
    segments: array(segments.map(segmentLiteral)),
    language: stringLiteral(language),
  });
}

function segmentLiteral(segment: Segment): string {
  return object({
    id: String(segment.id),
    seek: String(segment.seek),
    start: floatLiteral(segment.startSeconds),
    end: floatLiteral(segment.endSeconds),
    text: stringLiteral(segment.text),
    tokens: array(segment.tokens.map(String)),
    temperature: floatLiteral(segment.temperature),
    avg_logprob: floatLiteral(segment.avgLogprob),
    compression_ratio: floatLiteral(segment.compressionRatio),
    no_speech_prob: floatLiteral(segment.noSpeechProbability),
    ...(segment.words && { words: array(segment.words.map(wordLiteral)) }),
  });
}

function wordLiteral({ word, startSeconds, endSeconds, probability }: Word): string {
  return object({
    word: stringLiteral(word),
    start: floatLiteral(startSeconds),
    end: floatLiteral(endSeconds),
    probability: floatLiteral(probability),
  });
}

function object(fields: Readonly<Record<string, string>>): string {
  const members = Object.entries(fields).map(([name, literal]) => `"${name}": ${literal}`);
  return `{${members.join(', ')}}`;
}

function array(literals: readonly string[]): string {
  return `[${literals.join(', ')}]`;
}
