import { isDeepStrictEqual } from 'node:util';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import type { Segment, Transcript, Word } from '@whisper/shared/contracts/transcript';

const referenceWordSchema = z.strictObject({
  word: z.string(),
  start: z.number(),
  end: z.number(),
  probability: z.number(),
});
const referenceSegmentSchema = z.strictObject({
  seek: z.int(),
  tokens: z.array(z.int()),
  text: z.string(),
  temperature: z.number(),
  start: z.number(),
  end: z.number(),
  avg_logprob: z.number(),
  no_speech_prob: z.number(),
  compression_ratio: z.number(),
  words: z.array(referenceWordSchema).optional(),
});
type ReferenceSegment = z.infer<typeof referenceSegmentSchema>;

/** What test/fidelity/reference.py says of one scenario. */
export const referenceSchema = z.strictObject({
  language: z.string(),
  segments: z.array(referenceSegmentSchema),
});
export type Reference = z.infer<typeof referenceSchema>;

/** One position of the encoder, which is what word times are counted in. */
const WORD_SECONDS = 0.02 + 1e-9;
/** Of another runtime's rounding. */
const TOLERANCES = { avg_logprob: 1e-3, no_speech_prob: 1e-4, compression_ratio: 1e-4 } as const;

/** Tokens, texts, windows and times are the same; measures are equal but for rounding. */
export function assertFaithful(transcript: Transcript, reference: Reference): void {
  assert.is(transcript.language, reference.language);
  assert.equal(transcript.segments.map(exactPart), reference.segments.map(exactReference));
  assert.is(differenceFrom(transcript, reference), undefined);
}

/** Says what is not as the reference has it; undefined where everything is. */
export function differenceFrom(transcript: Transcript, reference: Reference): string | undefined {
  if (transcript.language !== reference.language) return `language ${transcript.language}`;
  if (transcript.segments.length !== reference.segments.length)
    return `${transcript.segments.length} segments`;
  const differences = transcript.segments.map((segment, i) =>
    segmentDifference(segment, reference.segments[i]),
  );
  return differences.find((difference) => difference !== undefined);
}

function segmentDifference(segment: Segment, expected: ReferenceSegment | undefined): string | undefined {
  if (expected === undefined || !isDeepStrictEqual(exactPart(segment), exactReference(expected))) {
    return `segment ${segment.id}`;
  }
  const measures = {
    avg_logprob: segment.avgLogprob,
    no_speech_prob: segment.noSpeechProbability,
    compression_ratio: segment.compressionRatio,
  };
  const far = (Object.keys(TOLERANCES) as (keyof typeof TOLERANCES)[]).find(
    (name) => Math.abs(measures[name] - expected[name]) > TOLERANCES[name],
  );
  if (far) return `${far} ${measures[far]} of segment ${segment.id} for ${expected[far]}`;
  return wordDifference(segment.words, expected.words);
}

/** The same words, their times within one position. */
function wordDifference(
  words: readonly Word[] = [],
  expected: ReferenceSegment['words'] = [],
): string | undefined {
  if (words.length !== expected.length) return `${words.length} words for ${expected.length}`;
  const different = words.find((word, i) => !isSameWord(word, expected[i]));
  return different && `word ${different.word} at ${different.startSeconds}`;
}

function isSameWord(
  { word, startSeconds, endSeconds, probability }: Word,
  expected: z.infer<typeof referenceWordSchema> | undefined,
): boolean {
  if (expected?.word !== word) return false;
  const isClose = (a: number, b: number, tolerance: number): boolean => Math.abs(a - b) <= tolerance;
  return (
    isClose(startSeconds, expected.start, WORD_SECONDS) &&
    isClose(endSeconds, expected.end, WORD_SECONDS) &&
    isClose(probability, expected.probability, TOLERANCES.avg_logprob)
  );
}

const exactPart = ({ seek, tokens, text, temperature, startSeconds, endSeconds }: Segment): unknown => ({
  seek,
  tokens,
  text,
  temperature,
  start: Number(startSeconds.toFixed(3)),
  end: Number(endSeconds.toFixed(3)),
});

const exactReference = ({ seek, tokens, text, temperature, start, end }: ReferenceSegment): unknown => ({
  seek,
  tokens,
  text,
  temperature,
  start,
  end,
});
