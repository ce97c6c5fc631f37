import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { PipelineError } from '@whisper/shared/contracts/errors';
import type { EncodedWindow } from './encoded-window.ts';
import { toFloatTensor } from './half-floats.ts';
import type { ModelSettings } from './model-files.ts';
import {
  floatTypeOf,
  openSession,
  outputOf,
  requireNames,
  runSession,
  type SessionOptions,
} from './run-session.ts';

export interface Encoder extends AsyncDisposable {
  /** Whether it takes fewer frames than `windowFrames`: any even number. */
  readonly takesShortWindows: boolean;
  /** Normalised log-mel, mel-major `[mels x windowFrames]`, as what the decoder of the same export listens to. */
  encode(mel: Float32Array): Promise<EncodedWindow>;
}

/** @throws PipelineError `model_unavailable` that names the file. */
export async function openEncoder(
  path: string,
  settings: ModelSettings,
  options: SessionOptions,
): Promise<Encoder> {
  const session = await openSession(path, options);
  try {
    checkLayout(path, session, settings);
  } catch (error) {
    await session.release();
    throw error;
  }
  const dims = [1, settings.melCount, settings.windowFrames];
  const type = floatTypeOf(session, 'input_features');
  return {
    takesShortWindows: false,
    encode: async (mel) => {
      const features = toFloatTensor(new Tensor('float32', mel, dims), type);
      const hidden = outputOf(await runSession(session, { input_features: features }), 'last_hidden_state');
      return { tensors: { last_hidden_state: hidden }, positions: hidden.dims[1] ?? 0 };
    },
    [Symbol.asyncDispose]: () => session.release(),
  };
}

function checkLayout(path: string, session: InferenceSession, settings: ModelSettings): void {
  requireNames(path, session.inputNames, ['input_features']);
  requireNames(path, session.outputNames, ['last_hidden_state']);
  const input = session.inputMetadata.find(({ name }) => name === 'input_features');
  const mels = input?.isTensor ? input.shape[1] : undefined;
  if (typeof mels !== 'number' || mels === settings.melCount) return;
  const message = `${path} takes ${mels} mels where config.json says ${settings.melCount}.`;
  throw new PipelineError('model_unavailable', message);
}
