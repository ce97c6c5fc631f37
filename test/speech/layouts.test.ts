import * as assert from 'uvu/assert';
import type { DecoderRun } from '@whisper/speech/model/decoder';
import { openModel } from '@whisper/speech/model/load-model';
import type { WhisperModel } from '@whisper/speech/model/whisper-model';
import { copyNano, NANO, nanoMel, readGolden, type Golden } from '../helpers/nano-model.ts';
import { suite } from '../helpers/suite.ts';

const OPTIONS = { executionProviders: ['cpu'], threads: 1 };
/** By precision, how far logits (standard deviation 2.4) may be from the reference's. */
const TOLERANCES = {
  'packed-fp32': 1e-4,
  'packed-fp16': 0.05,
  'packed-int8': 0.5,
  fp32: 1e-4,
  fp16: 0.05,
  quantized: 0.5,
  q4: 3,
} as const;

const open = (precision: string, directory = NANO): Promise<WhisperModel & AsyncDisposable> =>
  openModel(directory, { ...OPTIONS, precision });

function gap(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.is(actual.length, expected.length);
  return Array.from(actual).reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (expected[i] ?? NaN))),
    0,
  );
}

/** `[tokens x vocabulary]`: the prompt of four at once, the rest one by one. */
async function logitsOf(model: WhisperModel, tokens: readonly number[]): Promise<number[]> {
  const run = model.decoder.start([await model.encoder.encode(nanoMel())]);
  const first = await run.step([tokens.slice(0, 4)], [0, 1, 2, 3]);
  const rows = [0, 1, 2, 3].map((i) => Array.from(first.at(0, i)));
  for (const id of tokens.slice(4)) rows.push(Array.from((await run.step([[id]])).at(0, -1)));
  return rows.flat();
}

/** The logits after a last token of each row, whose windows are `phases`. */
async function alone(model: WhisperModel, phase: number, ids: readonly number[]): Promise<Float32Array> {
  const run = model.decoder.start([await model.encoder.encode(nanoMel(phase))]);
  let logits = await run.step([ids.slice(0, 2)]);
  for (const id of ids.slice(2)) logits = await run.step([[id]]);
  return logits.at(0, -1).slice();
}

async function assertRows(
  model: WhisperModel,
  run: DecoderRun,
  next: readonly number[],
  expected: readonly (readonly [number, readonly number[]])[],
): Promise<void> {
  const logits = await run.step(next.map((id) => [id]));
  for (const [row, [phase, ids]] of expected.entries()) {
    assert.ok(gap(logits.at(row, -1), await alone(model, phase, [...ids, next[row] ?? 0])) < 1e-4);
  }
}

suite<{ golden: Golden | undefined }>('layouts of a model', { golden: undefined }, (test) => {
  test.before(async (context) => {
    context.golden = await readGolden();
  });

  for (const [precision, tolerance] of Object.entries(TOLERANCES)) {
    test(`${precision} says what the reference says`, async ({ golden }) => {
      await using model = await open(precision);
      const logits = await logitsOf(model, golden?.tokens ?? []);
      const distance = gap(logits, golden?.logits ?? []);
      assert.ok(distance < tolerance, `differs by ${distance}`);
    });
  }

  test('a pair of decoders says what the merged one says', async ({ golden }) => {
    await using copy = await copyNano((path) => !path.includes('decoder_model_merged'));
    await using model = await open('fp32', copy.path);
    assert.ok(gap(await logitsOf(model, golden?.tokens ?? []), golden?.logits ?? []) < 1e-4);
  });

  for (const precision of ['packed-fp32', 'fp32']) {
    test(`${precision}: rows of several windows change places, are dropped and doubled`, async () => {
      await using model = await open(precision);
      const windows = [await model.encoder.encode(nanoMel(1)), await model.encoder.encode(nanoMel(2))];
      const run = model.decoder.start(windows);
      await run.step([
        [257, 258],
        [257, 259],
      ]);
      await assertRows(
        model,
        run,
        [70, 71],
        [
          [1, [257, 258]],
          [2, [257, 259]],
        ],
      );
      run.reorder([0, 0, 1, 1]); // two beams of each window
      await assertRows(
        model,
        run,
        [80, 81, 82, 83],
        [
          [1, [257, 258, 70]],
          [1, [257, 258, 70]],
          [2, [257, 259, 71]],
          [2, [257, 259, 71]],
        ],
      );
      run.reorder([3, 1, 0]); // windows with unequal numbers of rows
      await assertRows(
        model,
        run,
        [90, 91, 92],
        [
          [2, [257, 259, 71, 83]],
          [1, [257, 258, 70, 81]],
          [1, [257, 258, 70, 80]],
        ],
      );
    });
  }

  test('the packed encoder takes short windows, the community’s does not', async () => {
    await using packed = await open('packed-int8');
    await using hub = await open('fp32');
    assert.ok(packed.encoder.takesShortWindows);
    assert.not.ok(hub.encoder.takesShortWindows);
    const window = await packed.encoder.encode(nanoMel().subarray(0, 80 * 60));
    assert.is(window.positions, 30);
    const logits = await packed.decoder.start([window]).step([[257]]);
    assert.ok(logits.at(0, -1).every(Number.isFinite));
  });

  test('the scores of the alignment heads are the reference’s', async ({ golden }) => {
    const { tokens = [], scores = [] } = golden ?? {};
    for (const [precision, tolerance] of [
      ['packed-fp32', 1e-4],
      ['packed-int8', 0.5],
    ] as const) {
      await using model = await open(precision);
      const window = await model.encoder.encode(nanoMel());
      const attention = await model.aligner?.crossAttention(window, tokens, 256);
      assert.is(attention?.heads, 2);
      assert.is(attention?.positions, 100);
      assert.ok(gap(attention?.scores ?? [], scores) < tolerance);
    }
  });

  test('attentions of a community export are the same after a softmax', async ({ golden }) => {
    const { tokens = [], scores = [] } = golden ?? {};
    await using model = await open('fp32');
    const window = await model.encoder.encode(nanoMel());
    const attention = await model.aligner?.crossAttention(window, tokens, 256);
    for (let row = 0; row < 2 * tokens.length; row += 1) {
      const rowOf = (values: ArrayLike<number>): number[] =>
        softmax(Array.from(values).slice(row * 100, (row + 1) * 100));
      assert.ok(gap(rowOf(attention?.scores ?? []), rowOf(scores)) < 1e-5);
    }
  });

  test('tokens have the probability that the reference gives them among text', async ({ golden }) => {
    const { tokens = [], logits = [] } = golden ?? {};
    for (const precision of ['packed-fp32', 'fp32']) {
      await using model = await open(precision);
      const window = await model.encoder.encode(nanoMel());
      const attention = await model.aligner?.crossAttention(window, tokens, 256);
      const text = softmax(logits.slice(4 * 367, 4 * 367 + 256));
      const expected = Math.log(text[tokens[5] ?? 0] ?? 0);
      assert.ok(Math.abs((attention?.logProbabilities[4] ?? 0) - expected) < 1e-4);
      assert.is(attention?.logProbabilities.at(-1), -Infinity);
    }
  });

  test('an export without attentions has no aligner', async () => {
    await using model = await open('quantized');
    assert.is(model.aligner, undefined);
  });

  test('a CPU prefers our int8, and what is not there says so', async () => {
    await using model = await openModel(NANO, OPTIONS);
    assert.ok(model.encoder.takesShortWindows);
    const failure = await open('packed-q2').then(String, (error: unknown) => String(error));
    assert.match(failure, 'packed-q2');
  });
});

function softmax(values: readonly number[]): number[] {
  const largest = Math.max(...values);
  const weights = values.map((value) => Math.exp(value - largest));
  const total = weights.reduce((sum, value) => sum + value, 0);
  return weights.map((value) => value / total);
}
