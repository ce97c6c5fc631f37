import { Tensor } from 'onnxruntime-node';
import { PipelineError } from '@whisper/shared/contracts/errors';
import type { Encoder } from './encoder.ts';
import type { ModelSettings } from './model-files.ts';
import { openSession, outputOf, requireNames, runSession, type SessionOptions } from './run-session.ts';

/**
 * The encoder of our own export (`models/export`): it gives the keys and values of the cross-attention at once, and takes
 * windows of any even number of frames.
 * @throws PipelineError `model_unavailable` that names the file.
 */
export async function openPackedEncoder(
  path: string,
  settings: ModelSettings,
  options: SessionOptions,
): Promise<Encoder> {
  const session = await openSession(path, options);
  try {
    requireNames(path, session.inputNames, ['mel']);
    requireNames(path, session.outputNames, crossNames(settings));
    checkMels(path, session.inputMetadata[0], settings);
  } catch (error) {
    await session.release();
    throw error;
  }
  return {
    takesShortWindows: true,
    encode: async (mel) => {
      const frames = mel.length / settings.melCount;
      const input = new Tensor('float32', mel, [1, settings.melCount, frames]);
      const outputs = await runSession(session, { mel: input });
      const tensors = Object.fromEntries(session.outputNames.map((name) => [name, outputOf(outputs, name)]));
      return { tensors, positions: frames / settings.framesPerPosition };
    },
    [Symbol.asyncDispose]: () => session.release(),
  };
}

/** Keys and values of each layer; int8 has scales beside them. */
export function crossNames({ decoderLayers }: ModelSettings): string[] {
  return Array.from({ length: decoderLayers }, (_, layer) => [
    `cross.${layer}.key`,
    `cross.${layer}.value`,
  ]).flat();
}

function checkMels(path: string, input: InputMetadata, { melCount }: ModelSettings): void {
  const mels = input?.isTensor ? input.shape[1] : undefined;
  if (mels === melCount) return;
  throw new PipelineError(
    'model_unavailable',
    `${path} takes ${mels} mels where config.json says ${melCount}.`,
  );
}
type InputMetadata = Awaited<ReturnType<typeof openSession>>['inputMetadata'][number] | undefined;
