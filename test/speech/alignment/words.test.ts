import { readFile } from 'node:fs/promises';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { warp } from '@whisper/speech/alignment/dynamic-time-warping';
import { findAlignment, type WordTiming } from '@whisper/speech/alignment/find-alignment';
import { splitWords } from '@whisper/speech/alignment/split-words';
import { timeWords } from '@whisper/speech/alignment/time-words';
import { seededRandom } from '@whisper/speech/decoding/seeded-random';
import type { SpecialTokens, SpeechTokenizer } from '@whisper/speech/model/tokenizer';
import type { SegmentDraft } from '@whisper/speech/transcript/window-outcome';
import { DEFAULT_OPTIONS } from '@whisper/shared/contracts/transcription-options';
import { suite } from '../../helpers/suite.ts';

const caseSchema = z.strictObject({
  name: z.string(),
  language: z.string(),
  seek: z.int(),
  contentFrames: z.int(),
  lastSpeechSeconds: z.number(),
  endOfText: z.int(),
  sequenceLength: z.int(),
  tokens: z.array(z.int()),
  /** Of each text token, in hexadecimal digits. */
  bytes: z.record(z.string(), z.string()),
  positions: z.int(),
  /** `[heads x tokens x positions]` bytes in base64, `scoreSteps` to one. */
  scores: z.base64(),
  logProbabilities: z.array(z.number().nullable()),
  segments: z.array(
    z.strictObject({ seek: z.int(), start: z.number(), end: z.number(), tokens: z.array(z.int()) }),
  ),
  alignment: z.array(
    z.strictObject({
      word: z.string(),
      tokens: z.array(z.int()),
      start: z.number(),
      end: z.number(),
      probability: z.number(),
    }),
  ),
  timed: z.array(
    z.strictObject({
      start: z.number(),
      end: z.number(),
      words: z.array(z.tuple([z.string(), z.number(), z.number(), z.number()])),
    }),
  ),
});
type Case = z.infer<typeof caseSchema>;
const rulesSchema = z.strictObject({
  seek: z.int(),
  lastSpeechSeconds: z.number(),
  /** Word, tokens, start, end, probability. */
  timings: z.array(z.tuple([z.string(), z.array(z.int()), z.number(), z.number(), z.number()])),
  segments: caseSchema.shape.segments,
  timed: caseSchema.shape.timed,
});
const pathSchema = z.strictObject({
  costs: z.array(z.array(z.int())).nonempty(),
  rows: z.array(z.int()),
  columns: z.array(z.int()),
});
const goldenSchema = z.object({
  scoreSteps: z.int(),
  cases: z.array(caseSchema).nonempty(),
  rules: z.array(rulesSchema).nonempty(),
  paths: z.array(pathSchema).nonempty(),
});

const golden = goldenSchema.parse(
  JSON.parse(await readFile(new URL('../../golden/alignment/words.json', import.meta.url), 'utf8')),
);

/** Decodes by the bytes that the fixture gives for each token. */
function tokenizerOf({ bytes, endOfText }: Case): SpeechTokenizer {
  const special: SpecialTokens = {
    endOfText,
    startOfTranscript: endOfText + 1,
    translate: endOfText + 2,
    transcribe: endOfText + 3,
    startOfLanguageModel: undefined,
    startOfPrevious: endOfText + 4,
    noSpeech: undefined,
    noTimestamps: endOfText + 5,
    timestampBegin: endOfText + 6,
    languages: new Map(),
  };
  return {
    special,
    encode: () => [],
    decode: (ids) => Buffer.concat(ids.map((id) => Buffer.from(bytes[id] ?? '', 'hex'))).toString('utf8'),
  };
}

function align(given: Case): readonly WordTiming[] {
  const steps = new Int8Array(Buffer.from(given.scores, 'base64'));
  const text = given.tokens.slice(given.sequenceLength + 1);
  return findAlignment({
    attention: {
      scores: Float32Array.from(steps, (value) => value / golden.scoreSteps),
      heads: steps.length / (given.tokens.length * given.positions),
      tokens: given.tokens.length,
      positions: given.positions,
      logProbabilities: Float32Array.from(given.logProbabilities, (value) => value ?? -Infinity),
    },
    sequenceLength: given.sequenceLength,
    words: splitWords(tokenizerOf(given), text, given.language),
    positions: Math.floor(given.contentFrames / 2),
    positionsPerSecond: 50,
  });
}

const toMicros = (value: number): number => Math.round(value * 1e6) / 1e6;
const toTenThousandths = (value: number): number => Math.round(value * 1e4) / 1e4;

const draftOf = ({ seek, start, end, tokens }: Case['segments'][number]): SegmentDraft => ({
  seek,
  startSeconds: start,
  endSeconds: end,
  text: '',
  tokens,
  temperature: 0,
  avgLogprob: 0,
  compressionRatio: 1,
  noSpeechProbability: 0,
});

interface Given {
  readonly seek: number;
  readonly lastSpeechSeconds: number;
  readonly segments: Case['segments'];
  readonly timed: Case['timed'];
}

function assertTimed(given: Given, timings: readonly WordTiming[], endOfText: number): void {
  const found = timeWords(given.segments.map(draftOf), timings, {
    prepended: DEFAULT_OPTIONS.prependPunctuations,
    appended: DEFAULT_OPTIONS.appendPunctuations,
    endOfText,
    offsetSeconds: given.seek / 100,
    lastSpeechSeconds: given.lastSpeechSeconds,
  });
  const rounded = (start: number, end: number): { start: number; end: number } => ({
    start: toMicros(start),
    end: toMicros(end),
  });
  assert.equal(
    found.map(({ startSeconds, endSeconds, words = [] }) => ({
      ...rounded(startSeconds, endSeconds),
      words: words.map((word) => ({
        word: word.word,
        ...rounded(word.startSeconds, word.endSeconds),
        probability: toTenThousandths(word.probability),
      })),
    })),
    given.timed.map(({ start, end, words }) => ({
      ...rounded(start, end),
      words: words.map(([word, from, to, probability]) => ({
        word,
        ...rounded(from, to),
        probability: toTenThousandths(probability),
      })),
    })),
  );
}

suite('words and their times are those of openai/whisper', {}, (test) => {
  for (const given of golden.cases) {
    test(`${given.name}: alignment`, () => {
      assert.equal(
        align(given).map(({ word, tokens, startSeconds, endSeconds, probability }) => ({
          word,
          tokens: [...tokens],
          start: toMicros(startSeconds),
          end: toMicros(endSeconds),
          probability: toTenThousandths(probability),
        })),
        given.alignment.map((timing) => ({
          ...timing,
          start: toMicros(timing.start),
          end: toMicros(timing.end),
          probability: toTenThousandths(timing.probability),
        })),
      );
    });

    test(`${given.name}: segments with words`, () => {
      assertTimed(given, align(given), given.endOfText);
    });
  }

  golden.rules.forEach((given, i) => {
    test(`rules on drawn words, ${i}`, () => {
      const timings = given.timings.map(([word, tokens, startSeconds, endSeconds, probability]) => {
        return { word, tokens, startSeconds, endSeconds, probability };
      });
      assertTimed(given, timings, 50257);
    });
  });
});

suite('the cheapest path', {}, (test) => {
  golden.paths.forEach(({ costs, rows, columns }, i) => {
    test(`is that of openai/whisper where steps are equally cheap, ${i}`, () => {
      const path = warp(Float32Array.from(costs.flat()), costs.length, costs[0]?.length ?? 0);
      assert.equal([path.rows, path.columns], [rows, columns]);
    });
  });

  test('goes from the first cell to the last, one step at a time, and costs no more than any other', () => {
    const random = seededRandom(3);
    for (let round = 0; round < 100; round += 1) {
      const [height, width] = [1 + Math.floor(random() * 5), 1 + Math.floor(random() * 6)];
      const costs = Float32Array.from({ length: height * width }, () => random());
      const costAt = (row: number, column: number): number => costs[row * width + column] ?? Infinity;
      const { rows, columns } = warp(costs, height, width);
      assert.equal([rows[0], columns[0], rows.at(-1), columns.at(-1)], [0, 0, height - 1, width - 1]);
      const cost = rows.reduce((sum, row, i) => sum + costAt(row, columns[i] ?? NaN), 0);
      assert.ok(Math.abs(cost - cheapestCost(costAt, height - 1, width - 1)) < 1e-5);
    }
  });
});

/** By trying every path back from a cell. */
function cheapestCost(costAt: (row: number, column: number) => number, row: number, column: number): number {
  if (row < 0 || column < 0) return Infinity;
  if (row === 0 && column === 0) return costAt(0, 0);
  const before = [
    [row - 1, column - 1],
    [row - 1, column],
    [row, column - 1],
  ].map(([r = -1, c = -1]) => cheapestCost(costAt, r, c));
  return costAt(row, column) + Math.min(...before);
}
