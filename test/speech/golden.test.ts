import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { loadModel } from '@whisper/speech/model/load-model';
import { readModelSettings } from '@whisper/speech/model/model-files';
import type { SpeechModel } from '@whisper/speech/model/speech-model';
import { readTokenizer } from '@whisper/speech/model/tokenizer';
import { assertFaithful, referenceSchema } from '../helpers/assert-faithful.ts';
import { optionsOf, scenarioSchema } from '../helpers/fidelity-scenarios.ts';
import { readWav } from '../helpers/read-wav.ts';
import { suite } from '../helpers/suite.ts';

const FIDELITY = new URL('../fidelity/', import.meta.url);
const SMALL = fileURLToPath(new URL('small', FIDELITY));
const WINDOW_SAMPLES = 160_000;

const goldenSchema = z.object({
  /** What made the file, such as "openai-whisper 20250625, torch 2.15.0". */
  tool: z.string().regex(/^openai-whisper \d/),
  languages: z.record(z.string(), z.number()),
  scenarios: z.record(z.string(), referenceSchema),
});

const readJson = async <T>(name: string, schema: z.ZodType<T>): Promise<T> =>
  schema.parse(JSON.parse(await readFile(new URL(name, FIDELITY), 'utf8')));

const golden = await readJson('golden.json', goldenSchema);
const settings = await readModelSettings(SMALL);
const { special } = await readTokenizer(SMALL, settings);
const scenarios = await readJson('scenarios.json', z.record(z.string(), scenarioSchema));

suite<{ model: SpeechModel | undefined; long: Float32Array }>(
  `as ${golden.tool} has it`,
  { model: undefined, long: new Float32Array() },
  (test) => {
    test.before(async (ctx) => {
      ctx.model = await loadModel(SMALL, { executionProviders: ['cpu'], threads: 1 });
      ctx.long = await readWav(new URL('../../samples/long-numbers.wav', import.meta.url));
    });
    test.after(async (ctx) => {
      await ctx.model?.[Symbol.asyncDispose]();
    });

    for (const [name, scenario] of Object.entries(scenarios)) {
      test(name, async ({ model, long }) => {
        const reference = golden.scenarios[name];
        if (model === undefined || reference === undefined) throw new Error(`there is no golden of ${name}`);
        const pcm = scenario.audio === 'long' ? long : long.subarray(0, WINDOW_SAMPLES);
        const hooks = { onProgress: () => undefined, onSegment: () => undefined };
        const chunks = (async function* () {
          yield await Promise.resolve(pcm);
        })();
        assertFaithful(
          await model.transcribe(chunks, optionsOf(scenario, special, settings.vocabularySize), hooks),
          reference,
        );
      });
    }

    test('no golden is left over', () => {
      assert.equal(Object.keys(golden.scenarios).sort(), Object.keys(scenarios).sort());
    });
  },
);
