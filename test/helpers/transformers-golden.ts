import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { loadModel } from '@whisper/speech/model/load-model';
import { readModelSettings } from '@whisper/speech/model/model-files';
import type { SpeechModel } from '@whisper/speech/model/speech-model';
import { readTokenizer } from '@whisper/speech/model/tokenizer';
import type { TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import { optionsOf, scenarioSchema } from './fidelity-scenarios.ts';
import { readWav } from './read-wav.ts';

/** A checkpoint that transformers saved, its exports, and what transformers makes of it: make_transformers_fixture.py. */
export const TRANSFORMERS = fileURLToPath(new URL('../fidelity/transformers', import.meta.url));
const WINDOW_SAMPLES = 160_000;
/** transformers mirrors the end of a recording where silence follows it here: with a silent end both hear the same. */
const SILENT_END = 400;

const transcriptSchema = z.strictObject({
  language: z.string(),
  segments: z.array(z.strictObject({ start: z.number(), end: z.number(), tokens: z.array(z.int()) })),
});
const goldenSchema = z.object({
  /** What made the file, such as "transformers 5.24.0, torch 2.15.0". */
  tool: z.string().regex(/^transformers \d/),
  scenarios: z.record(z.string(), transcriptSchema),
});

export interface TransformersCase {
  readonly name: string;
  readonly golden: z.infer<typeof transcriptSchema>;
  readonly pcm: Float32Array;
  readonly options: TranscriptionOptions;
}

/** Every scenario with what transformers says; none without. */
export async function readTransformersCases(): Promise<{
  readonly tool: string;
  readonly cases: readonly TransformersCase[];
}> {
  const model = join(TRANSFORMERS, 'model');
  const settings = await readModelSettings(model);
  const { special } = await readTokenizer(model, settings);
  const scenarios = await readJson('scenarios.json', z.record(z.string(), scenarioSchema));
  const golden = await readJson('golden.json', goldenSchema);
  assert.equal(Object.keys(golden.scenarios), Object.keys(scenarios));
  const long = await readWav(new URL('../../samples/long-numbers.wav', import.meta.url));
  const cases = Object.entries(golden.scenarios).map(([name, transcript]) => {
    const scenario = scenarioSchema.parse(scenarios[name]);
    const pcm = scenario.audio === 'long' ? long.slice() : long.slice(0, WINDOW_SAMPLES);
    pcm.fill(0, -SILENT_END);
    return { name, golden: transcript, pcm, options: optionsOf(scenario, special, settings.vocabularySize) };
  });
  return { tool: golden.tool, cases };
}

/** `precision`: as `loadModel` names them. */
export async function loadCpuModel(
  directory: string,
  precision: string,
): Promise<SpeechModel & AsyncDisposable> {
  return loadModel(directory, { executionProviders: ['cpu'], threads: 1, precision });
}

/** The same language, tokens and times. */
export async function assertAsTransformers(
  model: SpeechModel,
  { golden, pcm, options }: TransformersCase,
): Promise<void> {
  const chunks = (async function* () {
    yield await Promise.resolve(pcm);
  })();
  const hooks = { onProgress: () => undefined, onSegment: () => undefined };
  const { language, segments } = await model.transcribe(chunks, options, hooks);
  const found = segments.map(({ startSeconds, endSeconds, tokens }) => ({
    start: Number(startSeconds.toFixed(3)),
    end: Number(endSeconds.toFixed(3)),
    tokens,
  }));
  assert.equal({ language, segments: found }, golden);
}

async function readJson<T>(name: string, schema: z.ZodType<T>): Promise<T> {
  return schema.parse(JSON.parse(await readFile(join(TRANSFORMERS, name), 'utf8')));
}
