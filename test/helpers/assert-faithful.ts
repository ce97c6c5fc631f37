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

/** Tokens, texts, windows and times are the same; measures are equal but for the rounding of another runtime. */
export function assertFaithful(transcript: Transcript, reference: Reference): void {
  assert.is(transcript.language, reference.language);
  assert.equal(transcript.segments.map(exactPart), reference.segments.map(exactReference));
  transcript.segments.forEach((segment, i) => {
    const expected = reference.segments[i];
    if (expected === undefined) return;
    assertClose(segment.avgLogprob, expected.avg_logprob, 1e-3);
    assertClose(segment.noSpeechProbability, expected.no_speech_prob, 1e-4);
    assertClose(segment.compressionRatio, expected.compression_ratio, 1e-4);
  });
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

function assertClose(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`);
}
