import { blankTokens, suppressedTokens } from '../decoding/suppress-tokens.ts';
import { readModelIdentity } from '../models/model-identity.ts';
import { transcribe } from '../transcript/transcribe.ts';
import { deviceKindOf } from './choose-onnx-files.ts';
import { openEncoder } from './encoder.ts';
import { findOnnxFiles } from './find-onnx-files.ts';
import { readModelSettings } from './model-files.ts';
import { openDecoder } from './open-decoder.ts';
import type { SessionOptions } from './run-session.ts';
import type { SpeechModel } from './speech-model.ts';
import { readTokenizer } from './tokenizer.ts';
import type { WhisperModel } from './whisper-model.ts';

/**
 * Loads a model in the Hugging Face ONNX layout; the precision follows from the device.
 * @throws PipelineError `model_unavailable` that names the file that is missing, corrupt or of another layout.
 */
export async function loadModel(directory: string, options: SessionOptions): Promise<SpeechModel> {
  const identity = await readModelIdentity(directory, deviceKindOf(options.executionProviders));
  const model = await openModel(directory, options);
  return {
    identity,
    transcribe: (pcm, transcriptionOptions, hooks) => transcribe(model, pcm, transcriptionOptions, hooks),
    [Symbol.asyncDispose]: async () => {
      await model.encoder[Symbol.asyncDispose]();
      await model.decoder[Symbol.asyncDispose]();
    },
  };
}

async function openModel(directory: string, options: SessionOptions): Promise<WhisperModel> {
  const files = await findOnnxFiles(directory, deviceKindOf(options.executionProviders));
  const settings = await readModelSettings(directory);
  const tokenizer = await readTokenizer(directory, settings);
  const encoder = await openEncoder(files.encoder, settings, options);
  try {
    const decoder = await openDecoder(files.decoder, settings, options);
    const blank = blankTokens(tokenizer);
    return { settings, tokenizer, encoder, decoder, suppressed: suppressedTokens(tokenizer), blank };
  } catch (error) {
    await encoder[Symbol.asyncDispose]();
    throw error;
  }
}
