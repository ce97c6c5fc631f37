import { cp, mkdtemp, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { PipelineError, type ErrorCode } from '@whisper/shared/contracts/errors';
import type { Segment, Transcript } from '@whisper/shared/contracts/transcript';
import { DEFAULT_OPTIONS, type TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import { loadModel } from '@whisper/speech/model/load-model';
import type { SpeechModel, TranscriptionHooks } from '@whisper/speech/model/speech-model';
import { readWav } from '../helpers/read-wav.ts';
import { suite } from '../helpers/suite.ts';

const PICO = fileURLToPath(new URL('../../models/pico', import.meta.url));
const OPTIONS = { executionProviders: ['cpu'], threads: 1 };
const NUMBERS = 'four nine two seven';
const LONG_NUMBERS =
  'four eight two zero four nine two seven six seven eight nine zero one two three four five';

const sample = (name: string): Promise<Float32Array> =>
  readWav(new URL(`../../samples/${name}`, import.meta.url));

async function* chunksOf(pcm: Float32Array, size = 16_000): AsyncGenerator<Float32Array> {
  for (let i = 0; i < pcm.length; i += size) yield await Promise.resolve(pcm.subarray(i, i + size));
}

const SILENT: TranscriptionHooks = { onProgress: () => undefined, onSegment: () => undefined };

async function failure(work: Promise<unknown>): Promise<PipelineError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof PipelineError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

async function assertFails(work: Promise<unknown>, code: ErrorCode, pattern: RegExp): Promise<void> {
  const error = await failure(work);
  assert.is(error.code, code);
  assert.match(error.message, pattern);
}

suite<{ model: SpeechModel | undefined }>('transcribing', { model: undefined }, (test) => {
  test.before(async (ctx) => {
    ctx.model = await loadModel(PICO, OPTIONS);
  });
  test.after(async (ctx) => {
    await ctx.model?.[Symbol.asyncDispose]();
  });

  const transcribe = (
    model: SpeechModel | undefined,
    pcm: Float32Array,
    {
      options = {},
      hooks = {},
    }: { options?: Partial<TranscriptionOptions>; hooks?: Partial<TranscriptionHooks> } = {},
  ): Promise<Transcript> => {
    if (model === undefined) throw new Error('no model');
    return model.transcribe(chunksOf(pcm), { ...DEFAULT_OPTIONS, ...options }, { ...SILENT, ...hooks });
  };

  test('a short recording is right, with one segment in its time', async ({ model }) => {
    const { text, language, durationSeconds, segments } = await transcribe(
      model,
      await sample('numbers.wav'),
    );
    assert.is(text, NUMBERS);
    assert.is(language, 'en');
    assert.ok(Math.abs(durationSeconds - 1.52) < 0.01);
    assert.is(segments.length, 1);
    assert.ok((segments[0]?.endSeconds ?? 99) < 2.5);
  });

  test('a recording of several windows is right, and its segments follow each other', async ({ model }) => {
    const heard: Segment[] = [];
    const progress: number[] = [];
    const { text, segments } = await transcribe(model, await sample('long-numbers.wav'), {
      hooks: {
        onSegment: (segment) => heard.push(segment),
        onProgress: (processed, total) => progress.push(processed / total),
      },
    });
    assert.is(text, LONG_NUMBERS);
    assert.equal(heard, segments);
    assert.equal(
      segments.map(({ id, seek }) => [id, seek]),
      [
        [0, 0],
        [1, 1000],
        [2, 2000],
        [3, 3000],
      ],
    );
    assert.ok(segments.every((segment) => segment.startSeconds < segment.endSeconds));
    assert.equal(
      progress,
      [...progress].sort((a, b) => a - b),
    );
    assert.is(progress.at(-1), 1);
  });

  test('the same recording gives the same transcript, also where sampling was needed', async ({ model }) => {
    let state = 9;
    const noise = Float32Array.from({ length: 64_000 }, () => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return state / 0x40000000 - 1;
    });
    assert.equal(await transcribe(model, noise), await transcribe(model, noise));
  });

  test('silence is skipped where that is asked for, and times stay those of the recording', async ({
    model,
  }) => {
    const phrase = await sample('numbers.wav');
    const pcm = new Float32Array(16_000 * 26);
    pcm.set(phrase, 16_000 * 12);
    for (const options of [{ vadFilter: true }, { vadFilter: true, batchSize: 4 }]) {
      const { text, segments, durationSeconds } = await transcribe(model, pcm, { options });
      assert.is(text, NUMBERS);
      assert.is(durationSeconds, 26);
      assert.equal(
        segments.map(({ seek }) => Math.abs(seek - 1200) < 60),
        [true],
      );
      assert.ok((segments[0]?.startSeconds ?? 0) > 11.4 && (segments[0]?.endSeconds ?? 99) < 14.5);
      const { segments: none } = await transcribe(model, new Float32Array(64_000), { options });
      assert.equal(none, []);
    }
  });

  test('windows in batches say the same words, in order', async ({ model }) => {
    const heard: Segment[] = [];
    const progress: number[] = [];
    const { text, segments, durationSeconds } = await transcribe(model, await sample('long-numbers.wav'), {
      options: { batchSize: 3 },
      hooks: {
        onSegment: (segment) => heard.push(segment),
        onProgress: (processed) => progress.push(processed),
      },
    });
    // Cut elsewhere, the last window comes out with its last word twice.
    assert.ok(text.startsWith(LONG_NUMBERS), text);
    assert.equal(heard, segments);
    const times = segments.flatMap((segment) => [segment.startSeconds, segment.endSeconds]);
    assert.equal(
      times,
      [...times].sort((a, b) => a - b),
    );
    assert.equal(
      progress,
      [...progress].sort((a, b) => a - b),
    );
    assert.is(progress.at(-1), durationSeconds);
  });

  test('clips are kept to in batches too', async ({ model }) => {
    const options = { batchSize: 2, clipTimestampsSeconds: [10, 20] };
    const { text } = await transcribe(model, await sample('long-numbers.wav'), { options });
    assert.is(text, NUMBERS);
  });

  test('words have times, one after the other', async ({ model }) => {
    const heard = await sample('numbers.wav');
    const { segments } = await transcribe(model, heard, { options: { wordTimestamps: true } });
    const words = segments.flatMap((segment) => segment.words ?? []);
    assert.is(
      words
        .map(({ word }) => word)
        .join('')
        .trim(),
      NUMBERS,
    );
    const times = words.flatMap(({ endSeconds, startSeconds }) => [startSeconds, endSeconds]);
    assert.equal(
      times,
      [...times].sort((one, other) => one - other),
    );
    assert.ok(words.every(({ endSeconds, startSeconds }) => endSeconds > startSeconds));
    assert.ok((times.at(-1) ?? Infinity) <= heard.length / 16_000 + 0.1);
  });

  test('silence has no text', async ({ model }) => {
    assert.is((await transcribe(model, new Float32Array(200_000))).text, '');
  });

  test('one sample is a recording without text', async ({ model }) => {
    const transcript = await transcribe(model, Float32Array.of(0.5));
    assert.is(transcript.text, '');
    assert.is(transcript.durationSeconds, 1 / 16_000);
  });

  test('no samples, and samples that are not numbers, are undecodable', async ({ model }) => {
    await assertFails(transcribe(model, new Float32Array()), 'undecodable_audio', /no samples/);
    await assertFails(transcribe(model, Float32Array.of(0, NaN)), 'undecodable_audio', /not numbers/);
  });

  test('a language that the model does not know is refused by field', async ({ model }) => {
    const pcm = await sample('numbers.wav');
    assert.is((await transcribe(model, pcm, { options: { language: 'en' } })).text, NUMBERS);
    const error = await failure(transcribe(model, pcm, { options: { language: 'fr' } }));
    assert.is(error.code, 'invalid_option');
    assert.is(error.field, 'language');
  });

  test('an abort stops it within a moment and gives the reason', async ({ model }) => {
    const abort = new AbortController();
    const pcm = new Float32Array(16_000 * 120);
    const long = await sample('long-numbers.wav');
    for (let at = 0; at + long.length <= pcm.length; at += long.length) pcm.set(long, at);
    let abortedAt = 0;
    const hooks = {
      signal: abort.signal,
      onSegment: () => {
        setImmediate(() => {
          abortedAt = performance.now();
          abort.abort(new Error('enough'));
        });
      },
    };
    try {
      await transcribe(model, pcm, { hooks });
      assert.unreachable();
    } catch (error) {
      assert.is(error, abort.signal.reason);
    }
    assert.ok(performance.now() - abortedAt < 500);
  });
});

suite<{ directory: string }>('loading a model', { directory: '' }, (test) => {
  const copyPico = async (directory: string, name: string): Promise<string> => {
    const copy = join(directory, name);
    await cp(PICO, copy, { recursive: true });
    return copy;
  };
  test.before(async (ctx) => {
    ctx.directory = await mkdtemp(join(tmpdir(), 'speech-'));
  });
  test.after(async (ctx) => {
    await rm(ctx.directory, { recursive: true, force: true });
  });

  for (const file of [
    'config.json',
    'generation_config.json',
    'preprocessor_config.json',
    'tokenizer.json',
  ]) {
    test(`a missing or malformed ${file} is named`, async ({ directory }) => {
      const copy = await copyPico(directory, `settings-${file.replace('.json', '')}`);
      await writeFile(join(copy, file), '{"a":1');
      await assertFails(loadModel(copy, OPTIONS), 'model_unavailable', new RegExp(file));
      await writeFile(join(copy, file), '[]');
      await assertFails(loadModel(copy, OPTIONS), 'model_unavailable', new RegExp(file));
      await unlink(join(copy, file));
      await assertFails(loadModel(copy, OPTIONS), 'model_unavailable', new RegExp(file));
    });
  }

  test('a model that does not tell where it listens gives words no times', async ({ directory }) => {
    const copy = await copyPico(directory, 'deaf-heads');
    const file = join(copy, 'generation_config.json');
    const settings = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...settings, alignment_heads: [[7, 0]] }));
    await using model = await loadModel(copy, OPTIONS);
    const options = { ...DEFAULT_OPTIONS, wordTimestamps: true };
    const error = await failure(model.transcribe(chunksOf(new Float32Array(16_000)), options, SILENT));
    assert.equal([error.code, error.field], ['invalid_option', 'word_timestamps']);
  });

  for (const file of ['encoder_model_int8.onnx', 'decoder_model_merged_int8.onnx']) {
    test(`a cut or missing ${file} is named`, async ({ directory }) => {
      const copy = await copyPico(directory, `graphs-${file.replace('.onnx', '')}`);
      await truncate(join(copy, 'onnx', file), 100_000);
      await assertFails(loadModel(copy, OPTIONS), 'model_unavailable', new RegExp(file));
      await unlink(join(copy, 'onnx', file));
      await assertFails(loadModel(copy, OPTIONS), 'model_unavailable', /encoder_model|decoder_model_merged/);
    });
  }

  test('a graph of another layout is named', async ({ directory }) => {
    const copy = await copyPico(directory, 'swapped');
    await cp(join(copy, 'onnx/encoder_model_int8.onnx'), join(copy, 'onnx/decoder_model_merged_int8.onnx'));
    await assertFails(
      loadModel(copy, OPTIONS),
      'model_unavailable',
      /decoder_model_merged_int8\.onnx.*layout/,
    );
  });

  test('a provider that this machine lacks is a model that is not available', async ({ directory }) => {
    const copy = await copyPico(directory, 'elsewhere');
    const options = { ...OPTIONS, executionProviders: ['nonsense'] };
    await assertFails(loadModel(copy, options), 'model_unavailable', /encoder_model_int8\.onnx/);
  });
});
