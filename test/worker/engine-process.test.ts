import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { cancelledError } from '@whisper/shared/contracts/errors';
import { DEFAULT_OPTIONS } from '@whisper/shared/contracts/transcription-options';
import { startEngineProcess, type EngineProcess } from '@whisper/worker/engine/engine-process';
import type { PacedAudio } from '../helpers/paced-audio.ts';
import { fastestSeconds } from '../helpers/fastest.ts';
import { eventually } from '../helpers/eventually.ts';
import { pipelineFailure } from '../helpers/pipeline-failure.ts';
import { suite } from '../helpers/suite.ts';

function launch(): EngineProcess {
  const { PATH } = process.env;
  return startEngineProcess({
    entry: new URL('../helpers/paced-engine.ts', import.meta.url),
    env: { PATH },
    stallMs: 3_000,
  });
}

suite(
  'engine process',
  { directory: '' },
  (test) => {
    const transcribe = async (
      engine: EngineProcess,
      directory: string,
      audio: PacedAudio,
      onBegun: (cancel: AbortController) => void = () => undefined,
    ): Promise<string> => {
      const audioPath = join(directory, `audio-${Math.random()}`);
      await writeFile(audioPath, JSON.stringify(audio));
      const cancel = new AbortController();
      const request = {
        audioPath,
        options: DEFAULT_OPTIONS,
        tier: 'none' as const,
        ffmpegPath: '',
        maxAudioSeconds: 1,
      };
      const hooks = {
        signal: cancel.signal,
        onProgress: () => {
          onBegun(cancel);
        },
        onSegment: () => undefined,
      };
      return (await engine.transcribe({ kind: 'transcribe', ...request }, hooks)).text;
    };

    test.before(async (context) => {
      context.directory = await mkdtemp(join(tmpdir(), 'whisper-engine-'));
    });
    test.after(async ({ directory }) => {
      await rm(directory, { recursive: true });
    });

    test('is offered to the kernel before its worker, where memory ends', async () => {
      await using engine = launch();
      const score = await readFile(`/proc/${engine.pid ?? ''}/oom_score_adj`, 'utf8');
      assert.is(Number(score), 500);
    });

    test('loads, transcribes one after the other, and is gone when disposed', async ({ directory }) => {
      const engine = launch();
      const load = { kind: 'load' as const, directory: '', executionProviders: [], threads: 1 };
      assert.is((await engine.load(load)).revision, 'paced');
      assert.is(await transcribe(engine, directory, { text: 'one', delayMs: 1 }), 'one');
      assert.is(await transcribe(engine, directory, { text: 'two', delayMs: 1 }), 'two');
      await engine[Symbol.asyncDispose]();
      assert.not(engine.isAlive());
    });

    test('its crash is a retryable error, not ours', async ({ directory }) => {
      await using engine = launch();
      const failure = await pipelineFailure(
        transcribe(engine, directory, { text: '', delayMs: 0, fault: 'crash' }),
      );
      assert.is(failure.code, 'engine_failed');
      assert.ok(failure.retryable);
      assert.match(failure.message, 'SIGABRT');
    });

    test('a cancel stops its work and leaves it alive', async ({ directory }) => {
      await using engine = launch();
      const onBegun = (cancel: AbortController): void => {
        cancel.abort(cancelledError());
      };
      const work = transcribe(engine, directory, { text: '', delayMs: 60_000 }, onBegun);
      assert.is((await pipelineFailure(work)).code, 'job_cancelled');
      assert.ok(engine.isAlive());
      assert.is(await transcribe(engine, directory, { text: 'next', delayMs: 1 }), 'next');
    });

    test('one that does not hear a cancel is ended within a second', async ({ directory }) => {
      const seconds = await fastestSeconds(async () => {
        await using engine = launch();
        let cancelledMs = 0;
        const onBegun = (cancel: AbortController): void => {
          cancelledMs = performance.now();
          cancel.abort(cancelledError());
        };
        const work = transcribe(engine, directory, { text: '', delayMs: 60_000, fault: 'deaf' }, onBegun);
        assert.is((await pipelineFailure(work)).code, 'job_cancelled');
        assert.not(engine.isAlive());
        return (performance.now() - cancelledMs) / 1000;
      });
      assert.ok(seconds < 1);
    });

    test('its silence ends it', async ({ directory }) => {
      await using engine = launch();
      const failure = await pipelineFailure(
        transcribe(engine, directory, { text: '', delayMs: 0, fault: 'stall' }),
      );
      assert.match(failure.message, 'no sign of life');
      await eventually(() => !engine.isAlive());
      assert.not(engine.isAlive());
    });

    test('after nonsense it is ended, so that nothing it still says reaches the next job', async ({
      directory,
    }) => {
      await using engine = launch();
      const failure = await pipelineFailure(
        transcribe(engine, directory, { text: 'late', delayMs: 200, fault: 'nonsense' }),
      );
      assert.match(failure.message, 'nonsense');
      assert.not(engine.isAlive());
    });

    test('an engine that is gone says so at once', async ({ directory }) => {
      const engine = launch();
      await engine[Symbol.asyncDispose]();
      assert.is(
        (await pipelineFailure(transcribe(engine, directory, { text: '', delayMs: 0 }))).code,
        'engine_failed',
      );
    });
  },
  { timeoutMs: 20_000 },
);
