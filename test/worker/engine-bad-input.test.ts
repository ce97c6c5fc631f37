import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import type { Transcript } from '@whisper/shared/contracts/transcript';
import { DEFAULT_OPTIONS, type TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import { startEngineProcess, type EngineProcess } from '@whisper/worker/engine/engine-process';
import { pipelineFailure } from '../helpers/pipeline-failure.ts';
import { samplePath } from '../helpers/sample-path.ts';
import { suite } from '../helpers/suite.ts';

const PICO = fileURLToPath(new URL('../../models/pico', import.meta.url));
const NUMBERS = 'four nine two seven';

/** A WAV file of floats, which may be no numbers. */
function floatWav(samples: readonly number[]): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF');
  header.writeUInt32LE(36 + 4 * samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(3, 20); // IEEE float
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(16_000, 24);
  header.writeUInt32LE(64_000, 28);
  header.writeUInt16LE(4, 32);
  header.writeUInt16LE(32, 34);
  header.write('data', 36);
  header.writeUInt32LE(4 * samples.length, 40);
  return Buffer.concat([header, Buffer.from(Float32Array.from(samples).buffer)]);
}

suite<{ directory: string; engine: EngineProcess | undefined }>(
  'one engine process and bad input',
  { directory: '', engine: undefined },
  (test) => {
    test.before(async (ctx) => {
      ctx.directory = await mkdtemp(join(tmpdir(), 'whisper-engine-'));
      ctx.engine = startEngineProcess({
        entry: new URL('../../packages/worker/src/engine/main.ts', import.meta.url),
        env: { PATH: process.env['PATH'] },
        stallMs: 60_000,
      });
      const load = { kind: 'load' as const, directory: PICO, executionProviders: ['cpu'], threads: 1 };
      await ctx.engine.load(load);
    });
    test.after(async ({ engine, directory }) => {
      await engine?.[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    });

    const transcribe = (
      engine: EngineProcess | undefined,
      audioPath: string,
      options: Partial<TranscriptionOptions> = {},
    ): Promise<Transcript> => {
      if (engine === undefined) throw new Error('no engine');
      const request = {
        audioPath,
        options: { ...DEFAULT_OPTIONS, ...options },
        tier: 'none' as const,
        ffmpegPath: process.env['FFMPEG_BIN'] ?? 'ffmpeg',
        maxAudioSeconds: 60,
      };
      const hooks = {
        signal: new AbortController().signal,
        onProgress: () => undefined,
        onSegment: () => undefined,
      };
      return engine.transcribe({ kind: 'transcribe', ...request }, hooks);
    };
    const livesOn = async (engine: EngineProcess | undefined): Promise<void> => {
      assert.is((await transcribe(engine, samplePath('numbers.wav'))).text, NUMBERS);
    };

    for (const [what, samples, code] of [
      ['no samples', [], 'undecodable_audio'],
      ['samples that are not numbers', [0.1, NaN, Infinity, 0.1], 'undecodable_audio'],
    ] as const) {
      test(`${what}: an error, and it lives on`, async ({ engine, directory }) => {
        const path = join(directory, 'bad.wav');
        await writeFile(path, floatWav(samples));
        assert.is((await pipelineFailure(transcribe(engine, path))).code, code);
        await livesOn(engine);
      });
    }

    test('one sample: no text, and it lives on', async ({ engine, directory }) => {
      const path = join(directory, 'one.wav');
      await writeFile(path, floatWav([0.5]));
      assert.is((await transcribe(engine, path)).text, '');
      await livesOn(engine);
    });

    const refused: readonly (readonly [Partial<TranscriptionOptions>, string])[] = [
      [{ language: 'fr' }, 'language'],
      [{ maxNewTokens: 9_999 }, 'max_new_tokens'],
      [{ suppressTokens: [99_999] }, 'suppress_tokens'],
      [{ prefix: 'word '.repeat(200) }, 'prefix'],
    ];
    for (const [options, field] of refused) {
      test(`${field} that the model cannot follow: an error that names it, and it lives on`, async ({
        engine,
      }) => {
        const failure = await pipelineFailure(transcribe(engine, samplePath('numbers.wav'), options));
        assert.is(failure.code, 'invalid_option');
        assert.is(failure.field, field);
        await livesOn(engine);
      });
    }
  },
  { timeoutMs: 60_000 },
);
