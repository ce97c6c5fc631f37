import { readFile } from 'node:fs/promises';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import type { Segment } from '@whisper/shared/contracts/transcript';
import { seededRandom } from '@whisper/speech/decoding/seeded-random';
import { findSpeech, type SpeechOptions } from '@whisper/speech/vad/find-speech';
import { openSpeechDetector, type SpeechDetector } from '@whisper/speech/vad/speech-detector';
import { SpeechTimeline } from '@whisper/speech/vad/speech-timeline';
import { readWav } from '../../helpers/read-wav.ts';
import { suite } from '../../helpers/suite.ts';

const range = z.tuple([z.number(), z.number()]);
const foundSchema = z.strictObject({
  options: z.strictObject({
    threshold: z.number().optional(),
    neg_threshold: z.number().optional(),
    min_speech_duration_ms: z.int().optional(),
    max_speech_duration_s: z.number().optional(),
    min_silence_duration_ms: z.int().optional(),
    speech_pad_ms: z.int().optional(),
  }),
  regions: z.array(range),
});
const spokenSchema = z.strictObject({ start: z.number(), end: z.number(), words: z.array(range).nullable() });
const goldenSchema = z.object({
  samples: z.array(
    z.strictObject({ name: z.string(), probabilities: z.array(z.number()), fasterWhisper: foundSchema }),
  ),
  cases: z.array(
    z.strictObject({
      name: z.string(),
      sampleCount: z.int(),
      probabilities: z.array(z.number()),
      regions: z.array(foundSchema),
    }),
  ),
  timelines: z.array(
    z.strictObject({
      regions: z.array(range),
      segments: z.array(spokenSchema),
      restored: z.array(spokenSchema),
    }),
  ),
});
type Spoken = z.infer<typeof spokenSchema>;

const golden = goldenSchema.parse(
  JSON.parse(await readFile(new URL('../../golden/vad/expected.json', import.meta.url), 'utf8')),
);

const speechOptions = (given: z.infer<typeof foundSchema>['options']): SpeechOptions => ({
  threshold: given.threshold ?? 0.5,
  negThreshold: given.neg_threshold ?? null,
  minSpeechMs: given.min_speech_duration_ms ?? 0,
  maxSpeechSeconds: given.max_speech_duration_s ?? null,
  minSilenceMs: given.min_silence_duration_ms ?? 2000,
  speechPadMs: given.speech_pad_ms ?? 400,
});

suite('regions of speech', {}, (test) => {
  for (const { name, sampleCount, probabilities, regions } of golden.cases) {
    test(`${name}: are those of faster-whisper`, () => {
      for (const { options, regions: expected } of regions) {
        const found = findSpeech(Float32Array.from(probabilities), sampleCount, speechOptions(options));
        assert.equal(
          found.map(({ startSample, endSample }) => [startSample, endSample]),
          expected,
          JSON.stringify(options),
        );
      }
    });
  }

  test('lie in order within the recording, whatever is heard', () => {
    const random = seededRandom(5);
    for (let round = 0; round < 200; round += 1) {
      const probabilities = Float32Array.from({ length: 300 }, () => random());
      const options = speechOptions({
        threshold: 0.2 + random() * 0.6,
        max_speech_duration_s: 1 + random() * 9,
        min_silence_duration_ms: Math.floor(random() * 200),
        speech_pad_ms: Math.floor(random() * 100),
      });
      const bounds = findSpeech(probabilities, 300 * 512 - 100, options).flatMap((region) => [
        region.startSample,
        region.endSample,
      ]);
      assert.equal(
        bounds,
        [...bounds].sort((a, b) => a - b),
      );
      assert.ok((bounds[0] ?? 0) >= 0 && (bounds.at(-1) ?? 0) <= 300 * 512 - 100);
    }
  });
});

const segmentOf = ({ start, end, words }: Spoken): Segment => ({
  id: 0,
  seek: 0,
  startSeconds: start,
  endSeconds: end,
  text: '',
  tokens: [],
  temperature: 0,
  avgLogprob: 0,
  compressionRatio: 0,
  noSpeechProbability: 0,
  ...(words && {
    words: words.map(([startSeconds, endSeconds]) => ({
      word: '',
      startSeconds,
      endSeconds,
      probability: 1,
    })),
  }),
});

suite('the way back to the time of the recording', {}, (test) => {
  golden.timelines.forEach(({ regions, segments, restored }, i) => {
    test(`timeline ${i} is that of faster-whisper`, () => {
      const timeline = new SpeechTimeline(
        regions.map(([startFrame, endFrame]) => ({ startFrame, endFrame })),
      );
      const times = segments.map(segmentOf).map((segment) => {
        const { startSeconds, endSeconds, words } = timeline.restore(segment);
        return {
          start: startSeconds,
          end: endSeconds,
          words: words?.map((word) => [word.startSeconds, word.endSeconds]) ?? null,
        };
      });
      assert.equal(times, restored);
    });
  });
});

suite<{ detector: SpeechDetector | undefined }>('hearing speech', { detector: undefined }, (test) => {
  test.before(async (context) => {
    context.detector = await openSpeechDetector();
  });
  test.after(async ({ detector }) => {
    await detector?.[Symbol.asyncDispose]();
  });

  for (const { name, probabilities, fasterWhisper } of golden.samples) {
    test(`${name}: probabilities are those of Silero's network in Python`, async ({ detector }) => {
      const pcm = await readWav(new URL(`../../../samples/${name}`, import.meta.url));
      const detection = detector?.start();
      for (let at = 0; at < pcm.length; at += 1000) await detection?.append(pcm.subarray(at, at + 1000));
      const heard = (await detection?.finish()) ?? new Float32Array();
      assert.is(heard.length, probabilities.length);
      heard.forEach((value, i) => {
        assert.ok(Math.abs(value - (probabilities[i] ?? NaN)) < 1e-4, `frame ${i}`);
      });
      const regions = findSpeech(heard, pcm.length, speechOptions(fasterWhisper.options));
      assert.is(regions.length, fasterWhisper.regions.length);
      regions.forEach(({ startSample, endSample }, i) => {
        const [start = NaN, end = NaN] = fasterWhisper.regions[i] ?? [];
        assert.ok(Math.abs(startSample - start) <= 3200 && Math.abs(endSample - end) <= 3200, `region ${i}`);
      });
    });
  }
});
