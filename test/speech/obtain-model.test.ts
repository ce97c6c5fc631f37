import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { PipelineError, type ErrorCode } from '@whisper/shared/contracts/errors';
import { loadModel } from '@whisper/speech/model/load-model';
import { obtainModel, type ObtainOptions } from '@whisper/speech/models/obtain-model';
import { HUB_COMMIT, startFakeHub, type FakeHub } from '../helpers/fake-hub.ts';
import { suite } from '../helpers/suite.ts';

const MODELS = fileURLToPath(new URL('../../models', import.meta.url));
const REPOSITORY = 'acme/whisper-pico';
const ENCODER = 'onnx/encoder_model_int8.onnx';
const DECODER = 'onnx/decoder_model_merged_int8.onnx';
const SETTINGS = ['config.json', 'generation_config.json', 'preprocessor_config.json', 'tokenizer.json'];

interface Context {
  files: Map<string, Buffer>;
  hub: FakeHub | undefined;
  root: string;
  count: number;
}

async function readPico(): Promise<Map<string, Buffer>> {
  const names = ['README.md', ...SETTINGS, ENCODER, DECODER];
  const files = await Promise.all(names.map((name) => readFile(join(MODELS, 'pico', name))));
  return new Map(names.map((name, i) => [name, files[i] ?? Buffer.alloc(0)]));
}

/** Options for a fresh, empty download directory and a hub without faults or memory. */
async function fresh(ctx: Context, entry: object = {}): Promise<ObtainOptions & { readonly hub: FakeHub }> {
  const { hub } = ctx;
  if (hub === undefined) throw new Error('no hub');
  hub.faults.clear();
  hub.requests.length = 0;
  ctx.count += 1;
  const directory = join(ctx.root, String(ctx.count));
  await mkdir(directory);
  const catalogueFile = join(directory, 'catalogue.json');
  const catalogue = { 'far-pico': { repository: REPOSITORY, revision: 'main', ...entry } };
  await writeFile(catalogueFile, JSON.stringify(catalogue));
  const downloadDirectory = join(directory, 'models');
  return {
    directories: [MODELS],
    downloadDirectory,
    catalogueFile,
    hubEndpoint: hub.endpoint,
    hubTimeoutMs: 5000, // generous, as the machine may be busy
    hub,
  };
}

async function failure(
  work: Promise<unknown>,
  code: ErrorCode = 'model_unavailable',
): Promise<PipelineError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof PipelineError && error.code === code) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

const context: Context = { files: new Map(), hub: undefined, root: '', count: 0 };

suite<Context>('obtaining a model', context, (test) => {
  test.before(async (ctx) => {
    ctx.files = await readPico();
    ctx.hub = await startFakeHub(REPOSITORY, ctx.files);
    ctx.root = await mkdtemp(join(tmpdir(), 'obtain-'));
  });
  test.after(async (ctx) => {
    await ctx.hub?.[Symbol.asyncDispose]();
    await rm(ctx.root, { recursive: true, force: true });
  });

  test('a local model is taken without asking the hub', async (ctx) => {
    const options = await fresh(ctx);
    const model = await obtainModel('pico', { ...options, hubEndpoint: 'http://127.0.0.1:9' });
    assert.is(model.directory, join(MODELS, 'pico'));
  });

  test('a model is downloaded whole, records its commit and runs', async (ctx) => {
    const received = new Map<string, number>();
    const options = await fresh(ctx);
    const model = await obtainModel('far-pico', {
      ...options,
      hubToken: 'hf_secret',
      onProgress: ({ file, receivedBytes, totalBytes }) => received.set(file, receivedBytes / totalBytes),
    });
    assert.equal(model.identity, { name: 'far-pico', revision: HUB_COMMIT, precision: 'int8' });
    assert.equal([...received.values()], [1, 1, 1, 1, 1, 1]);
    assert.ok(options.hub.requests.every((request) => request.authorization === 'Bearer hf_secret'));
    assert.equal(await readdir(options.downloadDirectory), ['far-pico']);
    const recorded: unknown = JSON.parse(await readFile(join(model.directory, 'revision.json'), 'utf8'));
    const sha256 = createHash('sha256')
      .update(ctx.files.get('config.json') ?? '')
      .digest('hex');
    const sizeBytes = ctx.files.get('config.json')?.length;
    assert.equal((recorded as { files: Record<string, unknown> }).files['config.json'], {
      sha256,
      sizeBytes,
    });
    const loaded = await loadModel(model.directory, { executionProviders: ['cpu'], threads: 1 });
    await loaded[Symbol.asyncDispose]();
  });

  test('a second request does not download again', async (ctx) => {
    const options = await fresh(ctx);
    await obtainModel('far-pico', options);
    const { length } = options.hub.requests;
    await obtainModel('far-pico', options);
    assert.is(options.hub.requests.length, length);
  });

  test('a connection that is cut is resumed where it stopped', async (ctx) => {
    const options = await fresh(ctx);
    options.hub.faults.set(ENCODER, ['cut', 'error', 'cut']);
    await obtainModel('far-pico', options);
    const ranges = options.hub.requests.filter(({ path }) => path === ENCODER).map(({ range }) => range);
    const size = ctx.files.get(ENCODER)?.length ?? 0;
    const half = Math.floor(size / 2);
    const threeQuarters = half + Math.floor((size - half) / 2);
    assert.equal(ranges, [undefined, `bytes=${half}-`, `bytes=${half}-`, `bytes=${threeQuarters}-`]);
  });

  test('what a failed download left is taken up by the next', async (ctx) => {
    const options = await fresh(ctx);
    const abort = new AbortController();
    const stopEarly = ({ file }: { readonly file: string }): void => {
      if (file === ENCODER) abort.abort(new Error('stopping'));
    };
    options.hub.faults.set(ENCODER, ['cut', 'hang']);
    try {
      await obtainModel('far-pico', { ...options, signal: abort.signal, onProgress: stopEarly });
      assert.unreachable();
    } catch (error) {
      assert.is(error, abort.signal.reason);
    }
    options.hub.requests.length = 0;
    await obtainModel('far-pico', options);
    assert.equal(
      options.hub.requests.filter(({ path }) => path !== ENCODER),
      [],
    );
  });

  test('wrong content is refused and nothing of it stays', async (ctx) => {
    const options = await fresh(ctx);
    options.hub.faults.set(DECODER, ['garble']);
    const error = await failure(obtainModel('far-pico', options));
    assert.match(error.message, /decoder_model_merged_int8\.onnx.*checksum/);
    assert.equal(await readdir(options.downloadDirectory), []);
  });

  test('a small file is verified too', async (ctx) => {
    const options = await fresh(ctx);
    options.hub.faults.set('config.json', ['garble']);
    assert.match((await failure(obtainModel('far-pico', options))).message, /config\.json/);
  });

  test('a hash that the catalogue pins wins over the one of the hub', async (ctx) => {
    const options = await fresh(ctx, { sha256: { [ENCODER]: '0'.repeat(64) } });
    assert.match((await failure(obtainModel('far-pico', options))).message, /encoder_model_int8\.onnx/);
    assert.equal(await readdir(options.downloadDirectory), []);
  });

  test('a hub that is down is told, with what is here', async (ctx) => {
    const options = { ...(await fresh(ctx)), hubEndpoint: 'http://127.0.0.1:9' };
    const { message } = await failure(obtainModel('far-pico', options));
    assert.match(message, /"far-pico" cannot be had.*Models that are here: .*pico/);
  });

  test('a hub that falls silent is given up in bounded time', async (ctx) => {
    const options = { ...(await fresh(ctx)), hubTimeoutMs: 200 };
    options.hub.faults.set('config.json', ['hang', 'hang', 'hang', 'hang', 'hang']);
    const started = performance.now();
    assert.match((await failure(obtainModel('far-pico', options))).message, /within 200 ms|no bytes/);
    assert.ok(performance.now() - started < 8000);
  });

  test('a hub that does not know the model is quoted', async (ctx) => {
    const options = await fresh(ctx, { repository: 'acme/nothing' });
    assert.match((await failure(obtainModel('far-pico', options))).message, /Repository not found/);
  });

  test('a name that no one knows, or that is a path, is refused', async (ctx) => {
    const options = await fresh(ctx);
    for (const name of ['unheard-of', '../models/pico', 'constructor']) {
      const error = await failure(obtainModel(name, options), 'unknown_model');
      assert.match(error.message, /catalogue does not list it/);
      assert.not(error.retryable);
    }
  });

  test('two at once download once', async (ctx) => {
    const options = await fresh(ctx);
    const models = await Promise.all([obtainModel('far-pico', options), obtainModel('far-pico', options)]);
    assert.equal(models[0], models[1]);
    assert.is(options.hub.requests.filter(({ path }) => path === ENCODER).length, 1);
    assert.equal(await readdir(options.downloadDirectory), ['far-pico']);
  });

  test('a lock whose owner has died is taken over', async (ctx) => {
    const options = await fresh(ctx);
    const lock = join(options.downloadDirectory, 'far-pico.lock');
    await mkdir(lock, { recursive: true });
    const longAgo = new Date(Date.now() - 3_600_000);
    await utimes(lock, longAgo, longAgo);
    await obtainModel('far-pico', options);
    assert.equal(await readdir(options.downloadDirectory), ['far-pico']);
  });
});
