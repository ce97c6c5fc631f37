import { isDeepStrictEqual } from 'node:util';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import type { Segment, Transcript } from '@whisper/shared/contracts/transcript';

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
});
type ReferenceSegment = z.infer<typeof referenceSegmentSchema>;

/** What test/fidelity/reference.py says of one scenario. */
export const referenceSchema = z.strictObject({
  language: z.string(),
  segments: z.array(referenceSegmentSchema),
});
export type Reference = z.infer<typeof referenceSchema>;

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
  return far && `${far} ${measures[far]} of segment ${segment.id} for ${expected[far]}`;
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
