import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { exportContext, runExport } from '../helpers/export-command.ts';
import { pythonWith } from '../helpers/python-with.ts';
import { suite } from '../helpers/suite.ts';
import {
  assertAsTransformers,
  loadCpuModel,
  readTransformersCases,
  TRANSFORMERS,
} from '../helpers/transformers-golden.ts';

const EXPORTER = fileURLToPath(new URL('../../models/export', import.meta.url));
const FILES = ['decoder_packed_fp32.onnx', 'encoder_packed_fp32.onnx', 'packed_fp32.json'];

/** Needs numpy and onnx; elsewhere test/speech/transformers.test.ts holds the committed export against the same golden file. */
const path = await pythonWith('onnx');

suite<{ root: string }>(
  'npm run models -- export',
  { root: '' },
  (test) => {
    test.before(async (ctx) => {
      ctx.root = await mkdtemp(join(tmpdir(), 'whisper-export-'));
    });
    test.after(async ({ root }) => {
      await rm(root, { recursive: true, force: true });
    });

    test('what transformers saved speaks as in transformers', async ({ root }) => {
      if (path === undefined) return;
      const out = join(root, 'from-folder');
      await runExport(exportContext(root, path), join(TRANSFORMERS, 'checkpoint'), out);
      assert.equal(await readdir(join(out, 'onnx')), FILES);
      await assertSpeaks(out, 'packed-fp32');
    });

    test('one of openai/whisper’s .pt files gives the same graphs, beside settings that were there', async ({
      root,
    }) => {
      if (path === undefined) return;
      const [folder, pt] = [join(root, 'folder'), join(root, 'pt')];
      const isSetting = (source: string): boolean => !source.endsWith('.safetensors');
      await cp(join(TRANSFORMERS, 'checkpoint'), pt, { recursive: true, filter: isSetting });
      await runExport(exportContext(root, path), join(TRANSFORMERS, 'checkpoint'), folder);
      await runExport(exportContext(root, path), join(TRANSFORMERS, 'checkpoint.pt'), pt);
      for (const name of FILES) {
        const [one, other] = await Promise.all([folder, pt].map((out) => readFile(join(out, 'onnx', name))));
        assert.ok(one?.equals(other ?? Buffer.alloc(0)), `${name} differs`);
      }
      await assertSpeaks(pt, 'packed-fp32');
    });

    test('the published models’ .pt files get their own alignment heads, by name and size', async () => {
      if (path === undefined) return;
      const asked = `from types import SimpleNamespace as S; from published_heads import published_heads as p
print([p(f'/m/{n}.pt', S(n_text_layer=4, n_text_head=h)) for n, h in (('tiny', 6), ('large-v3-turbo', 20), ('tiny', 8), ('mine', 6))])`;
      const { stdout } = await promisify(execFile)(path, ['-c', asked], { cwd: EXPORTER });
      assert.is(
        stdout.trim().replaceAll(/[() ]/g, ''),
        '[[2,2,3,0,3,2,3,3,3,4,3,5],[2,4,2,11,3,3,3,6,3,11,3,14],[],[]]',
      );
    });

    test('other precisions go beside it, and load', async ({ root }) => {
      if (path === undefined) return;
      const out = join(root, 'several');
      for (const precision of ['int8', 'fp16']) {
        await runExport(exportContext(root, path), join(TRANSFORMERS, 'checkpoint'), out, precision);
        await using model = await loadCpuModel(out, `packed-${precision}`);
        assert.ok(model);
      }
    });
  },
  { timeoutMs: 120_000 },
);

async function assertSpeaks(directory: string, precision: string): Promise<void> {
  const { cases } = await readTransformersCases();
  await using model = await loadCpuModel(directory, precision);
  for (const one of cases.slice(0, 2)) await assertAsTransformers(model, one);
}
