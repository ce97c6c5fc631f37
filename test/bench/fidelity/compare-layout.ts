import { join } from 'node:path';
import type { Transcript } from '@whisper/shared/contracts/transcript';
import { loadModel } from '@whisper/speech/model/load-model';
import { readModelSettings } from '@whisper/speech/model/model-files';
import type { SpeechModel } from '@whisper/speech/model/speech-model';
import { readTokenizer } from '@whisper/speech/model/tokenizer';
import { differenceFrom, type Reference } from '../../helpers/assert-faithful.ts';
import { optionsOf, type Scenario } from '../../helpers/fidelity-scenarios.ts';
import { readWav } from '../../helpers/read-wav.ts';

export interface Comparison {
  /** What is not as the reference has it. */
  readonly difference: string | undefined;
  readonly summary: string;
}

/** One model in one layout, beside the reference. */
export interface Layout extends AsyncDisposable {
  readonly compare: (scenario: Scenario, reference: Reference) => Promise<Comparison>;
}

/** `layout`: the folder in `folder` that holds the model, such as `hub`; `audio.wav` beside it is what is heard. */
export async function openLayout(folder: string, layout: string): Promise<Layout> {
  const directory = join(folder, layout);
  const settings = await readModelSettings(directory);
  const { special } = await readTokenizer(directory, settings);
  const audio = await readWav(join(folder, 'audio.wav'));
  const model = await loadModel(directory, { executionProviders: ['cpu'], threads: 2 });
  return {
    compare: async (scenario, reference) => {
      const pcm = scenario.audio === 'long' ? audio : audio.subarray(0, settings.windowFrames * 160);
      const options = optionsOf(scenario, special, settings.vocabularySize);
      return compare(await transcribe(model, pcm, options), reference);
    },
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
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
