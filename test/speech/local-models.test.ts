import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { chooseOnnxFiles } from '@whisper/speech/model/choose-onnx-files';
import { readCatalogue } from '@whisper/speech/models/catalogue';
import { listLocalModels } from '@whisper/speech/models/local-models';
import { readModelIdentity } from '@whisper/speech/models/model-identity';
import { suite } from '../helpers/suite.ts';

const MODELS = fileURLToPath(new URL('../../models', import.meta.url));

suite('choosing precisions', {}, (test) => {
  const files = (...precisions: readonly string[]): string[] =>
    precisions.flatMap((suffix) => [
      `onnx/encoder_model${suffix}.onnx`,
      `onnx/decoder_model_merged${suffix}.onnx`,
      `onnx/decoder_model${suffix}.onnx`,
      `onnx/decoder_with_past_model${suffix}.onnx`,
    ]);

  test('a cpu takes quantized weights, a gpu half floats', () => {
    const all = files('', '_fp16', '_int8', '_quantized', '_q4f16');
    assert.is(chooseOnnxFiles(all, { device: 'cpu' }).encoder, 'onnx/encoder_model_quantized.onnx');
    const { precision, decoder } = chooseOnnxFiles(all, { device: 'gpu' });
    assert.is(precision, 'fp16');
    assert.is(decoder.first, 'onnx/decoder_model_merged_fp16.onnx');
    assert.is(decoder.later, decoder.first);
  });

  test('a lone precision is taken whatever it is', () => {
    assert.is(chooseOnnxFiles(files('_q4'), { device: 'gpu' }).precision, 'q4');
  });

  test('without a merged decoder the pair is taken', () => {
    const plain = files('').filter((path) => !path.includes('merged'));
    assert.equal(chooseOnnxFiles(plain, { device: 'cpu' }).decoder, {
      first: 'onnx/decoder_model.onnx',
      later: 'onnx/decoder_with_past_model.onnx',
    });
  });

  test('a precision that differs between the parts is told', () => {
    const mixed = ['encoder_model.onnx', 'decoder_model_merged_q4.onnx'];
    assert.is(chooseOnnxFiles(mixed, { device: 'cpu' }).precision, 'fp32/q4');
  });
});

suite<{ directory: string }>('local models', { directory: '' }, (test) => {
  test.before(async (ctx) => {
    ctx.directory = await mkdtemp(join(tmpdir(), 'models-'));
  });
  test.after(async (ctx) => {
    await rm(ctx.directory, { recursive: true, force: true });
  });

  test('the bundled model is one, and other files are none', async () => {
    const names = (await listLocalModels([MODELS, '/nowhere'])).map((model) => model.name);
    assert.ok(names.includes('pico'));
  });

  test('the revision depends on the content alone', async ({ directory }) => {
    const copy = join(directory, 'pico');
    await cp(join(MODELS, 'pico'), copy, { recursive: true });
    const original = await readModelIdentity(join(MODELS, 'pico'));
    assert.equal(await readModelIdentity(copy), original);
    assert.match(original.revision, /^[0-9a-f]{12}$/);
    assert.is(original.precision, 'int8');
    await writeFile(join(copy, 'onnx/encoder_model_int8.onnx'), 'other');
    assert.not.equal((await readModelIdentity(copy)).revision, original.revision);
  });

  test('the catalogue names the published models', async () => {
    const catalogue = await readCatalogue();
    for (const name of ['tiny', 'base.en', 'large-v3-turbo', 'distil-large-v3']) {
      assert.ok(catalogue.has(name));
    }
  });
});
