import { blankTokens, suppressedTokens } from '../decoding/suppress-tokens.ts';
import { checkRecorded } from '../models/check-recorded.ts';
import { readModelIdentity } from '../models/model-identity.ts';
import { transcribe } from '../transcript/transcribe.ts';
import { deviceKindOf, type Choice } from './choose-onnx-files.ts';
import { findOnnxFiles } from './find-onnx-files.ts';
import { readModelSettings } from './model-files.ts';
import { openGraphs } from './open-graphs.ts';
import type { SessionOptions } from './run-session.ts';
import type { SpeechModel } from './speech-model.ts';
import { readTokenizer } from './tokenizer.ts';
import type { WhisperModel } from './whisper-model.ts';

export interface LoadOptions extends SessionOptions {
  /** `fp32`, `packed-int8`...; else what suits the device best. */
  readonly precision?: string | undefined;
}

/**
 * Loads a model in the Hugging Face ONNX layout or in that of our own export, whichever suits the device better.
 * @throws PipelineError `model_unavailable` that names the file that is missing, damaged or of another layout.
 */
export async function loadModel(directory: string, options: LoadOptions): Promise<SpeechModel> {
  const identity = await readModelIdentity(directory, choiceOf(options));
  const model = await openModel(directory, options);
  return {
    identity,
    transcribe: (pcm, transcriptionOptions, hooks) => transcribe(model, pcm, transcriptionOptions, hooks),
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}

/** The parts of a model, for those who decode by themselves. @throws as {@link loadModel}. */
export async function openModel(
  directory: string,
  options: LoadOptions,
): Promise<WhisperModel & AsyncDisposable> {
  const files = await findOnnxFiles(directory, choiceOf(options));
  await checkRecorded(directory, files.files, files.manifests);
  const settings = await readModelSettings(directory);
  const tokenizer = await readTokenizer(directory, settings);
  const graphs = await openGraphs(files, settings, options);
  const tokens = { suppressed: suppressedTokens(tokenizer), blank: blankTokens(tokenizer) };
  return { settings, tokenizer, ...graphs, ...tokens };
}

function choiceOf({ executionProviders, precision }: LoadOptions): Choice {
  return { device: deviceKindOf(executionProviders), precision };
}
