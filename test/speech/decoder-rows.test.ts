import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import type { Decoder, DecoderRun } from '@whisper/speech/model/decoder';
import type { EncodedWindow } from '@whisper/speech/model/encoded-window';
import { openEncoder, type Encoder } from '@whisper/speech/model/encoder';
import { findOnnxFiles } from '@whisper/speech/model/find-onnx-files';
import { readModelSettings, type ModelSettings } from '@whisper/speech/model/model-files';
import { openDecoder } from '@whisper/speech/model/open-decoder';
import { suite } from '../helpers/suite.ts';

const PICO = fileURLToPath(new URL('../../models/pico', import.meta.url));
const OPTIONS = { executionProviders: ['cpu'], threads: 1 };
const PROMPT = [1, 2, 3, 4];

interface Parts {
  readonly settings: ModelSettings;
  readonly decoder: Decoder;
  readonly encoder: Encoder;
  readonly windows: readonly EncodedWindow[];
}

async function openPico(): Promise<Parts> {
  const settings = await readModelSettings(PICO);
  const files = await findOnnxFiles(PICO, { device: 'cpu' });
  const encoder = await openEncoder(files.encoder, settings, OPTIONS);
  const decoder = await openDecoder(files.decoder, settings, OPTIONS);
  const mels = [0.3, -0.8].map((level) =>
    Float32Array.from({ length: settings.melCount * settings.windowFrames }, (_, i) => level * Math.sin(i)),
  );
  const windows: EncodedWindow[] = [];
  for (const mel of mels) windows.push(await encoder.encode(mel));
  return { settings, decoder, encoder, windows };
}

/** The logits after each row's last token. */
async function lastLogits(run: DecoderRun, ids: readonly (readonly number[])[]): Promise<Float32Array[]> {
  const logits = await run.step(ids);
  return ids.map((_, row) => logits.at(row, -1).slice());
}

/** What a lone row says after `ids`, given in the same steps. */
async function alone(
  { decoder }: Parts,
  window: EncodedWindow,
  ids: readonly number[],
): Promise<Float32Array> {
  const run = decoder.start([window]);
  let [logits = new Float32Array()] = await lastLogits(run, [PROMPT]);
  for (const id of ids) [logits = new Float32Array()] = await lastLogits(run, [[id]]);
  return logits;
}

function assertClose(actual: Float32Array | undefined, expected: Float32Array): void {
  assert.is(actual?.length, expected.length);
  const gap = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (actual?.[i] ?? NaN))), 0);
  assert.ok(gap < 1e-3, `differs by ${gap}`);
}

suite<{ parts: Parts | undefined }>('rows of a decoder', { parts: undefined }, (test) => {
  test.before(async (ctx) => {
    ctx.parts = await openPico();
  });
  test.after(async ({ parts }) => {
    await parts?.encoder[Symbol.asyncDispose]();
    await parts?.decoder[Symbol.asyncDispose]();
  });
  const partsOf = (parts: Parts | undefined): Parts & { first: EncodedWindow; second: EncodedWindow } => {
    const [first, second] = parts?.windows ?? [];
    if (parts === undefined || first === undefined || second === undefined) throw new Error('no model');
    return { ...parts, first, second };
  };

  test('one row becomes several that go their own ways', async (ctx) => {
    const parts = partsOf(ctx.parts);
    const run = parts.decoder.start([parts.first]);
    await run.step([PROMPT]);
    run.reorder([0, 0, 0]);
    await run.step([[10], [20], [30]]);
    run.reorder([2, 0]);
    const [third, first] = await lastLogits(run, [[5], [6]]);
    assertClose(third, await alone(parts, parts.first, [30, 5]));
    assertClose(first, await alone(parts, parts.first, [10, 6]));
  });

  test('rows keep listening to their own windows', async (ctx) => {
    const parts = partsOf(ctx.parts);
    const run = parts.decoder.start([parts.first, parts.second]);
    await run.step([PROMPT, PROMPT]);
    run.reorder([1, 1, 0]);
    await run.step([[10], [20], [30]]);
    run.reorder([1, 2]);
    const [second, first] = await lastLogits(run, [[5], [6]]);
    assertClose(second, await alone(parts, parts.second, [20, 5]));
    assertClose(first, await alone(parts, parts.first, [30, 6]));
  });

  test('a row that swaps its window with another takes its past along', async (ctx) => {
    const parts = partsOf(ctx.parts);
    const run = parts.decoder.start([parts.first, parts.second]);
    await run.step([PROMPT, PROMPT]);
    await run.step([[10], [20]]);
    run.reorder([1, 0]);
    const [second, first] = await lastLogits(run, [[5], [6]]);
    assertClose(second, await alone(parts, parts.second, [20, 5]));
    assertClose(first, await alone(parts, parts.first, [10, 6]));
  });
});
