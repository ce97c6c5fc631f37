import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { UsageError } from '@whisper/infra/models/models-settings';
import { exportContext, runExport } from '../helpers/export-command.ts';
import { pythonWith } from '../helpers/python-with.ts';
import { suite, type Suite } from '../helpers/suite.ts';
import { TRANSFORMERS } from '../helpers/transformers-golden.ts';

const CHECKPOINT = join(TRANSFORMERS, 'checkpoint');
const PT = join(TRANSFORMERS, 'checkpoint.pt');
const python = await pythonWith('onnx');

/** The message of the typed refusal. */
async function refusal(work: Promise<unknown>): Promise<string> {
  const failure: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.instance(failure, UsageError);
  return failure instanceof UsageError ? failure.message : '';
}

/** A suite with a folder of its own. */
function suiteInFolder(name: string, define: (test: Suite<{ root: string }>) => void): void {
  const withFolder = (test: Suite<{ root: string }>): void => {
    test.before(async (ctx) => {
      ctx.root = await mkdtemp(join(tmpdir(), 'whisper-export-'));
    });
    test.after(async ({ root }) => {
      await rm(root, { recursive: true, force: true });
    });
    define(test);
  };
  suite(name, { root: '' }, withFolder, { timeoutMs: 60_000 });
}

suiteInFolder('what cannot be exported, before Python is asked', (test) => {
  test('an unknown precision', async ({ root }) => {
    const context = exportContext(root, '/no/python');
    assert.match(
      await refusal(runExport(context, CHECKPOINT, root, 'int4')),
      '--precision is int8, fp32, fp16, not int4',
    );
  });

  test('a checkpoint that is not there', async ({ root }) => {
    const context = exportContext(root, '/no/python');
    assert.match(await refusal(runExport(context, join(root, 'none.pt'), root)), 'There is no');
  });

  test('a Python that is not there', async ({ root }) => {
    const context = exportContext(root, '/no/python');
    assert.match(await refusal(runExport(context, CHECKPOINT, root)), '/no/python cannot be started');
  });

  test('a Python that cannot be prepared', async ({ root }) => {
    const file = join(root, 'no-folder');
    await writeFile(file, '');
    const context = exportContext(file, undefined);
    assert.match(
      await refusal(runExport(context, CHECKPOINT, root)),
      /^No Python with numpy and onnx can be prepared \(.+\)\. PYTHON_BIN may name/,
    );
  });
});

if (python !== undefined) {
  suiteOfFolders(python);
  suiteOfFiles(python);
}

/** Of what the Python program refuses; each is told by the file or the parameter at fault. */
function suiteOfFolders(path: string): void {
  const refused = refuser(path);
  suiteInFolder('folders that cannot be exported', (test) => {
    test('a folder without settings, and with those of another model', async ({ root }) => {
      assert.match(await refused(root, root), 'config.json');
      const copy = await copyOf(root, 'bert');
      await writeFile(join(copy, 'config.json'), '{"model_type": "bert"}');
      assert.match(await refused(root, copy), 'does not describe a Whisper model');
    });

    test('settings that lack a size', async ({ root }) => {
      const copy = await copyOf(root, 'sizeless');
      await changeConfig(copy, { d_model: undefined });
      assert.match(await refused(root, copy), 'n_audio_state (d_model)');
    });

    test('weights that are missing, or of another shape than the settings say', async ({ root }) => {
      const copy = await copyOf(root, 'layers');
      await changeConfig(copy, { decoder_layers: 3 });
      assert.match(await refused(root, copy), 'it lacks decoder.blocks.2.attn.key.weight');
      await changeConfig(copy, { decoder_layers: 2, max_target_positions: 111 });
      assert.match(await refused(root, copy), 'decoder.positional_embedding is (112, 64) where (111, 64)');
    });

    test('weights that are cut, and those that are none', async ({ root }) => {
      const copy = await copyOf(root, 'cut');
      const weights = join(copy, 'model.safetensors');
      await writeFile(weights, (await readFile(weights)).subarray(0, 300_000));
      assert.match(await refused(root, copy), /the file ends before .*model\.safetensors: model\./);
      await writeFile(weights, 'these are no weights at all');
      assert.match(await refused(root, copy), 'is no safetensors file');
    });
  });
}

function suiteOfFiles(path: string): void {
  const refused = refuser(path);
  suiteInFolder('files that cannot be exported, and where nothing can be written', (test) => {
    test('a .pt file that is cut, and one that is none', async ({ root }) => {
      const cut = join(root, 'cut.pt');
      await writeFile(cut, (await readFile(PT)).subarray(0, 300_000));
      assert.match(await refused(root, cut), 'no torch checkpoint that can be read');
      await writeFile(cut, 'text');
      assert.match(await refused(root, cut), 'no torch checkpoint that can be read');
    });

    test('a .pt file of unknown tokens whose settings are not there', async ({ root }) => {
      assert.match(await refused(root, PT), 'it has 833 tokens, as no published model has');
    });

    test('a folder that cannot be written', async ({ root }) => {
      const file = join(root, 'file');
      await writeFile(file, '');
      assert.match(await refused(root, CHECKPOINT, join(file, 'out')), `${file}/out`);
    });
  });
}

function refuser(python: string): (root: string, checkpoint: string, out?: string) => Promise<string> {
  return async (root, checkpoint, out = join(root, 'out')) =>
    refusal(runExport(exportContext(root, python), checkpoint, out));
}

async function copyOf(root: string, name: string): Promise<string> {
  const copy = join(root, name);
  await cp(CHECKPOINT, copy, { recursive: true });
  return copy;
}

async function changeConfig(folder: string, changes: Readonly<Record<string, unknown>>): Promise<void> {
  const path = join(folder, 'config.json');
  const config = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  await writeFile(path, JSON.stringify({ ...config, ...changes }));
}
