import { join } from 'node:path';
import type { Transcript } from '@whisper/shared/contracts/transcript';
import { loadModel } from '@whisper/speech/model/load-model';
import { readModelSettings } from '@whisper/speech/model/model-files';
import type { SpeechModel } from '@whisper/speech/model/speech-model';
import { readTokenizer } from '@whisper/speech/model/tokenizer';
import { differenceFrom, type Reference } from '../../helpers/assert-faithful.ts';
import { optionsOf, type Scenario } from '../../helpers/fidelity-scenarios.ts';
import { readWav } from '../../helpers/read-wav.ts';

export interface LayoutTask {
  readonly folder: string;
  /** The folder in it that holds the model: `hub`, `packed`. */
  readonly layout: string;
  readonly scenarios: Readonly<Record<string, Scenario>>;
  readonly answers: Readonly<Record<string, Reference>>;
}

export interface Comparison {
  /** What is not as the reference has it. */
  readonly difference: string | undefined;
  readonly summary: string;
}

/** One comparison for each answer of the reference, in their order. */
export async function compareLayout(task: LayoutTask): Promise<readonly Comparison[]> {
  const directory = join(task.folder, task.layout);
  const settings = await readModelSettings(directory);
  const { special } = await readTokenizer(directory, settings);
  const audio = await readWav(join(task.folder, 'audio.wav'));
  await using model = await loadModel(directory, { executionProviders: ['cpu'], threads: 2 });
  const compared: Comparison[] = [];
  for (const [name, reference] of Object.entries(task.answers)) {
    const scenario = task.scenarios[name];
    if (scenario === undefined) throw new Error(`there is no scenario ${name}`);
    const pcm = scenario.audio === 'long' ? audio : audio.subarray(0, settings.windowFrames * 160);
    const options = optionsOf(scenario, special, settings.vocabularySize);
    compared.push(compare(await transcribe(model, pcm, options), reference));
  }
  return compared;
}

async function transcribe(
  model: SpeechModel,
  pcm: Float32Array,
  options: Parameters<SpeechModel['transcribe']>[1],
): Promise<Transcript> {
  const chunks = (async function* () {
    yield await Promise.resolve(pcm);
  })();
  return model.transcribe(chunks, options, { onProgress: () => undefined, onSegment: () => undefined });
}

function compare(transcript: Transcript, reference: Reference): Comparison {
  const actual = transcript.segments.flatMap(({ tokens }) => tokens);
  const expected = reference.segments.flatMap(({ tokens }) => tokens);
  const same = expected.filter((token, i) => actual[i] === token).length;
  const difference = differenceFrom(transcript, reference);
  const windows = new Set(reference.segments.map(({ seek }) => seek)).size;
  const summary = `${same}/${expected.length} in ${windows} windows`;
  return { difference, summary: difference === undefined ? summary : `${summary}; ${difference}` };
}
