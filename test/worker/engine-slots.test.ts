import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { DEFAULT_OPTIONS } from '@whisper/shared/contracts/transcription-options';
import { findLocalModel, type LocalModel } from '@whisper/speech/models/local-models';
import { bestSandbox } from '@whisper/worker/engine/ffmpeg-command';
import type { EngineProcess } from '@whisper/worker/engine/engine-process';
import { createEngineSlots, type EngineSlots } from '@whisper/worker/running/engine-slots';
import { residentBytes } from '@whisper/worker/running/resident-bytes';
import { copyNano, NANO } from '../helpers/nano-model.ts';
import { pipelineFailure } from '../helpers/pipeline-failure.ts';
import { samplePath } from '../helpers/sample-path.ts';
import { suite } from '../helpers/suite.ts';

const MODELS = fileURLToPath(new URL('../../models', import.meta.url));
const PLENTY = 8e9;
const unstopped = new AbortController().signal;

function openSlots(memoryBytes: number): EngineSlots {
  const { PATH } = process.env;
  return createEngineSlots({
    entry: new URL('../../packages/worker/src/engine/main.ts', import.meta.url),
    env: { PATH },
    stallMs: 20_000,
    executionProviders: ['cpu'],
    threads: 1,
    memoryBytes,
  });
}

async function model(name: string, directory = MODELS): Promise<LocalModel> {
  const found = await findLocalModel(name, [directory]);
  if (found === undefined) throw new Error(`${name} is not in ${directory}`);
  return found;
}

async function work(engine: EngineProcess): Promise<string> {
  const request = {
    audioPath: samplePath('numbers.wav'),
    options: DEFAULT_OPTIONS,
    tier: bestSandbox('ffmpeg'),
    ffmpegPath: 'ffmpeg',
    maxAudioSeconds: 60,
  };
  const hooks = { onProgress: () => undefined, onSegment: () => undefined, signal: unstopped };
  return (await engine.transcribe({ kind: 'transcribe', ...request }, hooks)).text;
}

suite(
  'engines of a worker',
  {},
  (test) => {
    test('models stay loaded within the budget, whichever slot asks', async () => {
      await using slots = openSlots(PLENTY);
      const [pico, nano] = [
        await model('pico'),
        { ...(await model('model', join(NANO, '..'))), name: 'nano' },
      ];
      const first = await slots.engineFor(0, pico, unstopped);
      await work(first);
      const other = await slots.engineFor(0, nano, unstopped);
      await work(other);
      assert.equal([...slots.loadedModels()].sort(), ['nano', 'pico']);
      assert.is((await slots.engineFor(1, pico, unstopped)).pid, first.pid);
      assert.is((await slots.engineFor(0, nano, unstopped)).pid, other.pid);
    });

    test('an engine at work is not lent twice', async () => {
      await using slots = openSlots(PLENTY);
      const pico = await model('pico');
      const [one, two] = [
        await slots.engineFor(0, pico, unstopped),
        await slots.engineFor(1, pico, unstopped),
      ];
      assert.is.not(one.pid, two.pid);
      assert.equal(await Promise.all([work(one), work(two)]), [await work(one), await work(two)]);
    });

    test('beyond the budget the least recently used ends, and its memory is free', async () => {
      await using slots = openSlots(1);
      const [pico, nano] = [await model('pico'), await model('model', join(NANO, '..'))];
      const first = await slots.engineFor(0, pico, unstopped);
      await work(first);
      assert.ok((await residentBytes(first.pid)) > 50e6);
      const second = await slots.engineFor(0, nano, unstopped);
      assert.not(first.isAlive());
      assert.is(await residentBytes(first.pid), 0);
      assert.ok((await residentBytes(second.pid)) > 50e6);
      assert.is(slots.loadedModels().length, 1);
    });

    test('a damaged model is refused by name, and the slot goes on with another', async () => {
      await using copy = await copyNano((path) => !path.endsWith('packed_int8.json'));
      await using slots = openSlots(PLENTY);
      const broken = await model('nano', join(copy.path, '..'));
      const failure = await pipelineFailure(slots.engineFor(0, broken, unstopped));
      assert.is(failure.code, 'model_unavailable');
      assert.match(failure.message, 'packed_int8.json');
      assert.equal(slots.loadedModels(), []);
      assert.type(await work(await slots.engineFor(0, await model('pico'), unstopped)), 'string');
    });

    test('an engine that died is not lent again', async () => {
      await using slots = openSlots(PLENTY);
      const pico = await model('pico');
      const first = await slots.engineFor(0, pico, unstopped);
      await work(first);
      process.kill(first.pid ?? 0, 'SIGKILL');
      await pipelineFailure(work(first));
      const second = await slots.engineFor(0, pico, unstopped);
      assert.is.not(second.pid, first.pid);
      assert.type(await work(second), 'string');
    });
  },
  { timeoutMs: 120_000 },
);
