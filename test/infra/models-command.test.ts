import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { modelNameOf } from '@whisper/infra/models/export-model';
import type { ModelsContext } from '@whisper/infra/models/models-settings';
import { drawBar } from '@whisper/infra/models/progress-bar';
import { runModels } from '@whisper/infra/models/run-models';
import { startFakeHub, type FakeHub } from '../helpers/fake-hub.ts';
import { failureOf } from '../helpers/failure-of.ts';
import { NANO } from '../helpers/nano-model.ts';
import { suite } from '../helpers/suite.ts';

const REPOSITORY = 'somebody/whisper-nano';
const GRAPHS = [
  'encoder_packed_int8.onnx',
  'decoder_packed_int8.onnx',
  'packed_int8.json',
  'encoder_model.onnx',
  'encoder_model.onnx_data',
  'decoder_model_merged.onnx',
].map((name) => `onnx/${name}`);
const SETTINGS = ['config.json', 'generation_config.json', 'preprocessor_config.json', 'tokenizer.json'];
const BUNDLED = fileURLToPath(new URL('../../models', import.meta.url));

interface Command {
  readonly context: ModelsContext;
  readonly said: string[];
  readonly drawn: string[];
  readonly directory: string;
}

interface Context {
  hub: FakeHub | undefined;
  root: string;
  count: number;
}

async function fresh(context: Context): Promise<Command> {
  context.count += 1;
  const root = join(context.root, String(context.count));
  const catalogueFile = join(context.root, 'catalogue.json');
  await writeFile(catalogueFile, JSON.stringify({ nano: { repository: REPOSITORY, revision: 'main' } }));
  const [said, drawn]: [string[], string[]] = [[], []];
  const settings = {
    modelsDirectory: join(root, 'models'),
    bundledDirectory: BUNDLED,
    catalogueFile,
    exporter: join(BUNDLED, 'export'),
    cacheDirectory: root,
    workingDirectory: root,
    hubEndpoint: context.hub?.endpoint ?? '',
    hubToken: undefined,
    pythonPath: undefined,
  };
  const say = (line: string): void => void said.push(line);
  const sayOver = (line: string): void => void drawn.push(line);
  const signal = new AbortController().signal;
  return { context: { settings, say, sayOver, signal }, said, drawn, directory: settings.modelsDirectory };
}

suite<Context>('npm run models', { hub: undefined, root: '', count: 0 }, (test) => {
  test.before(async (context) => {
    const files = new Map<string, Buffer>();
    for (const path of [...SETTINGS, ...GRAPHS]) files.set(path, await readFile(join(NANO, path)));
    context.hub = await startFakeHub(REPOSITORY, files);
    context.root = await mkdtemp(join(tmpdir(), 'whisper-models-'));
  });
  test.after(async ({ hub, root }) => {
    await hub?.[Symbol.asyncDispose]();
    await rm(root, { recursive: true, force: true });
  });

  test('pulls a model with its notes, draws bars, and lists it', async (ctx) => {
    const { context, said, drawn, directory } = await fresh(ctx);
    assert.is(await runModels(['pull', 'nano'], context), 0);
    assert.equal(await readdir(join(directory, 'nano/onnx')), [
      'decoder_packed_int8.onnx',
      'encoder_packed_int8.onnx',
      'packed_int8.json',
    ]);
    assert.match(drawn.at(-1) ?? '', /decoder_packed_int8\.onnx +\[#{30}\] 100 %/);
    await runModels(['list'], context);
    assert.ok(said.some((line) => /^nano +packed-int8/.test(line)));
    assert.ok(said.some((line) => /^pico +\S+/.test(line)));
  });

  test('a pull that was cut goes on where it stopped', async (ctx) => {
    const { context, directory } = await fresh(ctx);
    const [encoder = ''] = GRAPHS;
    const before = ctx.hub?.requests.length ?? 0;
    ctx.hub?.faults.set(encoder, ['cut']);
    await runModels(['pull', 'nano'], context);
    const ranges = ctx.hub?.requests.slice(before).filter(({ path }) => path === encoder) ?? [];
    assert.is(ranges.length, 2);
    assert.match(ranges[1]?.range ?? '', /^bytes=[1-9]\d*-$/);
    assert.equal(await readdir(directory), ['nano']);
  });

  test('what is here is not pulled again', async (ctx) => {
    const { context, said } = await fresh(ctx);
    await runModels(['pull', 'pico'], context);
    assert.match(said.at(-1) ?? '', 'here already');
  });

  test('verifies, and names the file that changed', async (ctx) => {
    const { context, said, directory } = await fresh(ctx);
    await runModels(['pull', 'nano'], context);
    assert.is(await runModels(['verify', 'nano'], context), 0);
    const path = join(directory, 'nano/tokenizer.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace('1.0', '1.1'));
    assert.is(await runModels(['verify', 'nano'], context), 1);
    assert.match(said.at(-1) ?? '', /tokenizer\.json is damaged: its sha256/);
  });

  test('records what a model put here by hand consists of', async (ctx) => {
    const { context, said, directory } = await fresh(ctx);
    await runModels(['pull', 'nano'], context);
    await rm(join(directory, 'nano/revision.json'));
    assert.is(await runModels(['verify', '--record'], { ...context, settings: withoutBundled(context) }), 0);
    assert.match(said.join('\n'), /nano: 7 files are recorded in revision\.json/);
    assert.match(said.join('\n'), /nano: 7 files are what they were/);
  });

  test('removes what it pulled, and nothing else', async (ctx) => {
    const { context, directory } = await fresh(ctx);
    await runModels(['pull', 'nano'], context);
    await runModels(['remove', 'nano'], context);
    assert.equal(await readdir(directory), []);
    assert.match(await failureOf(runModels(['remove', 'pico'], context)), 'has no model "pico"');
    assert.match(await failureOf(runModels(['remove', '../etc'], context)), 'no model’s name');
  });

  test('says how it is used, and what cannot be had', async (ctx) => {
    const { context } = await fresh(ctx);
    assert.match(await failureOf(runModels(['frob'], context)), 'npm run models -- list');
    assert.match(await failureOf(runModels(['pull'], context)), 'npm run models -- list');
    assert.match(await failureOf(runModels(['pull', 'nano', '--device', 'tpu'], context)), 'cpu or gpu');
    assert.match(await failureOf(runModels(['pull', 'no-such'], context)), 'catalogue does not list it');
  });

  test('a bar shows share and size, and a checkpoint gives its model a name', () => {
    assert.match(drawBar('a', 5e6, 20e6), / 25 % {2}5\.0 of 20\.0 MB$/);
    assert.is(modelNameOf('/tmp/whisper-tiny'), 'tiny');
    assert.is(modelNameOf('/tmp/base.en.pt'), 'base.en');
  });
});

/** So that the repository's own models are left as they are. */
function withoutBundled({ settings }: ModelsContext): ModelsContext['settings'] {
  return { ...settings, bundledDirectory: join(settings.cacheDirectory, 'none') };
}
