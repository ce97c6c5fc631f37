import { readFile, rm, truncate, writeFile, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { hashFile } from '@whisper/speech/models/hash-file';
import { loadModel } from '@whisper/speech/model/load-model';
import { copyNano } from '../helpers/nano-model.ts';
import { pipelineFailure } from '../helpers/pipeline-failure.ts';
import { suite } from '../helpers/suite.ts';

const OPTIONS = { executionProviders: ['cpu'], threads: 1 };

async function flipBit(path: string): Promise<void> {
  const content = await readFile(path);
  content.writeUInt8(content.readUInt8(content.length >> 1) ^ 1, content.length >> 1);
  await writeFile(path, content);
}

/** The message of the typed refusal. */
async function refusal(directory: string, precision?: string): Promise<string> {
  const failure = await pipelineFailure(loadModel(directory, { ...OPTIONS, precision }));
  assert.is(failure.code, 'model_unavailable');
  return failure.message;
}

/** Notes what the files are, as the downloader does. */
async function record(directory: string, paths: readonly string[]): Promise<void> {
  const files: Record<string, { sha256: string; sizeBytes: number }> = {};
  for (const path of paths) {
    const { length } = await readFile(join(directory, path));
    files[path] = { sha256: await hashFile(join(directory, path), 'sha256'), sizeBytes: length };
  }
  await writeFile(join(directory, 'revision.json'), JSON.stringify({ revision: 'here', files }));
}

suite('damaged models', {}, (test) => {
  test('one flipped bit of a packed graph is found, and the file is named', async () => {
    await using copy = await copyNano();
    await flipBit(join(copy.path, 'onnx/decoder_packed_int8.onnx'));
    assert.match(await refusal(copy.path), /decoder_packed_int8\.onnx is damaged/);
  });

  test('a truncated graph is found by its size', async () => {
    await using copy = await copyNano();
    await truncate(join(copy.path, 'onnx/encoder_packed_int8.onnx'), 100_000);
    assert.match(await refusal(copy.path), /encoder_packed_int8\.onnx is damaged: it has 100000 bytes/);
  });

  test('one flipped bit of a community export is found where its hash was recorded', async () => {
    await using copy = await copyNano((path) => !path.includes('packed'));
    const graphs = [
      'onnx/encoder_model.onnx',
      'onnx/encoder_model.onnx_data',
      'onnx/decoder_model_merged.onnx',
    ];
    await record(copy.path, graphs);
    await flipBit(join(copy.path, 'onnx/encoder_model.onnx_data'));
    assert.match(await refusal(copy.path, 'fp32'), /encoder_model\.onnx_data is damaged/);
  });

  test('a graph that is cut and not recorded is refused by the runtime, with its name', async () => {
    await using copy = await copyNano((path) => !path.includes('packed'));
    await truncate(join(copy.path, 'onnx/decoder_model_merged.onnx'), 100_000);
    assert.match(await refusal(copy.path, 'fp32'), /decoder_model_merged\.onnx/);
  });

  test('missing external weights are named', async () => {
    await using copy = await copyNano((path) => !path.includes('packed'));
    await rm(join(copy.path, 'onnx/encoder_model.onnx_data'));
    assert.match(await refusal(copy.path, 'fp32'), /encoder_model\.onnx/);
  });

  test('a packed graph without its notes is refused', async () => {
    await using copy = await copyNano();
    await rm(join(copy.path, 'onnx/packed_int8.json'));
    assert.match(await refusal(copy.path), /packed_int8\.json/);
  });

  test('a graph of another layout is refused and says what it lacks', async () => {
    await using copy = await copyNano((path) => !path.includes('packed'));
    await copyFile(join(copy.path, 'onnx/decoder_model.onnx'), join(copy.path, 'onnx/encoder_model.onnx'));
    assert.match(
      await refusal(copy.path, 'fp32'),
      /encoder_model\.onnx is of another layout: it lacks input_features/,
    );
  });

  test('a model without any graph says what is missing', async () => {
    await using copy = await copyNano((path) => !path.endsWith('.onnx'));
    assert.match(await refusal(copy.path), /encoder_model\*\.onnx/);
  });

  test('settings of another model are refused', async () => {
    await using copy = await copyNano();
    const path = join(copy.path, 'config.json');
    const config = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    await writeFile(path, JSON.stringify({ ...config, decoder_layers: 3 }));
    assert.match(
      await refusal(copy.path),
      /encoder_packed_int8\.onnx is of another layout: it lacks cross\.2\.key/,
    );
  });
});
