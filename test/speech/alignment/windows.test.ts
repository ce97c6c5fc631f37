import { readFile } from 'node:fs/promises';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { refineWithWords } from '@whisper/speech/alignment/refine-window';
import { cutSegments } from '@whisper/speech/transcript/cut-segments';
import {
  clearIfEmpty,
  type DecodedWindow,
  type SegmentDraft,
  type WindowOutcome,
} from '@whisper/speech/transcript/window-outcome';
import { suite } from '../../helpers/suite.ts';

const windowSchema = z.strictObject({
  seek: z.int(),
  contentFrames: z.int(),
  tokens: z.array(z.int()),
  /** Of each segment: word, start, end, probability. */
  words: z.array(z.array(z.tuple([z.string(), z.number(), z.number(), z.number()]))),
  lastSpeechSeconds: z.number(),
});
type Window = z.infer<typeof windowSchema>;
const recordingSchema = z.strictObject({
  recordingFrames: z.int(),
  thresholdSeconds: z.number().nullable(),
  windows: z.array(windowSchema).nonempty(),
  kept: z.array(z.strictObject({ seek: z.int(), start: z.number(), end: z.number(), words: z.int() })),
});
const goldenSchema = z.object({
  timestampBegin: z.int(),
  recordings: z.array(recordingSchema).nonempty(),
});
const { timestampBegin, recordings } = goldenSchema.parse(
  JSON.parse(await readFile(new URL('../../golden/alignment/windows.json', import.meta.url), 'utf8')),
);

const RESULT = {
  hasEnded: true,
  temperature: 0,
  avgLogprob: -0.1,
  noSpeechProbability: 0,
  compressionRatio: 1,
};

function decodedOf({ seek, contentFrames, tokens }: Window): DecodedWindow {
  const window = { tensors: {}, positions: 1500 };
  return { window, seek, contentFrames, language: 'en', result: { ...RESULT, tokens } };
}

function outcomeOf({ seek, contentFrames, tokens }: Window): WindowOutcome {
  const cut = cutSegments(tokens, { timestampBegin, contentFrames, framesPerStep: 2 });
  const segments = cut.cuts.map((part): SegmentDraft => {
    const { hasEnded: _hasEnded, ...measures } = RESULT;
    return {
      seek,
      startSeconds: (seek + part.startFrame) / 100,
      endSeconds: (seek + part.endFrame) / 100,
      text: part.tokens.some((id) => id < timestampBegin) ? ' x' : '',
      tokens: [...part.tokens],
      ...measures,
    };
  });
  return {
    segments,
    nextSeek: seek + cut.advanceFrames,
    endsInTimestamp: cut.endsInTimestamp,
    isSkipped: false,
  };
}

function withWords(draft: SegmentDraft, given: Window['words'][number]): SegmentDraft {
  const words = given.map(([word, startSeconds, endSeconds, probability]) => {
    return { word, startSeconds, endSeconds, probability };
  });
  return {
    ...draft,
    startSeconds: words[0]?.startSeconds ?? draft.startSeconds,
    endSeconds: words.at(-1)?.endSeconds ?? draft.endSeconds,
    words,
  };
}

/** The reference adds times in floating point, we count frames. */
const toMicros = (seconds: number): number => Math.round(seconds * 1e6) / 1e6;

suite('windows with words go on where those of openai/whisper do', {}, (test) => {
  recordings.forEach(({ recordingFrames, thresholdSeconds, windows, kept }, number) => {
    test(`recording ${number}, threshold ${thresholdSeconds ?? 'none'}`, async () => {
      const told: number[] = [];
      const refine = refineWithWords({
        addWords: ({ seek }, segments, lastSpeechSeconds) => {
          told.push(lastSpeechSeconds);
          const window = windows.find((other) => other.seek === seek);
          return Promise.resolve(segments.map((draft, i) => withWords(draft, window?.words[i] ?? [])));
        },
        windowFrames: 3000,
        recordingFrames,
        options: { hallucinationSilenceThresholdSeconds: thresholdSeconds },
      });
      const segments: SegmentDraft[] = [];
      for (const [i, window] of windows.entries()) {
        const outcome = await refine(decodedOf(window), outcomeOf(window));
        segments.push(...outcome.segments.map(clearIfEmpty));
        assert.is(Math.min(outcome.nextSeek, recordingFrames), windows[i + 1]?.seek ?? recordingFrames);
      }
      assert.equal(
        told.map(toMicros),
        windows.map(({ lastSpeechSeconds }) => toMicros(lastSpeechSeconds)),
      );
      assert.equal(
        segments.map(({ seek, startSeconds, endSeconds, words = [] }) => {
          return { seek, start: toMicros(startSeconds), end: toMicros(endSeconds), words: words.length };
        }),
        kept.map((segment) => ({
          ...segment,
          start: toMicros(segment.start),
          end: toMicros(segment.end),
        })),
      );
    });
  });
});
