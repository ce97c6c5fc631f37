import type { InferenceSession } from 'onnxruntime-node';
import type { OnnxFiles } from './choose-onnx-files.ts';
import type { Aligner } from './aligner.ts';
import type { Decoder } from './decoder.ts';
import { createHubAligner } from './hub-aligner.ts';
import { createHubDecoder, type DecoderSessions } from './hub-decoder.ts';
import type { ModelSettings } from './model-files.ts';
import { openSession, requireNames, type SessionOptions } from './run-session.ts';

/** A decoder of the community's layout, and its aligner where the export gives attentions. */
export interface HubDecoder extends Decoder {
  readonly aligner: Aligner | undefined;
}

/**
 * Opens the merged decoder, or the pair of plain and with-past decoders.
 * @throws PipelineError `model_unavailable` that names the file.
 */
export async function openDecoder(
  files: OnnxFiles['decoder'],
  settings: ModelSettings,
  options: SessionOptions,
): Promise<HubDecoder> {
  const first = await openChecked(files.first, ['input_ids', 'encoder_hidden_states'], options);
  const later = files.later === files.first ? first : await openLater(files.later, first, options);
  const sessions: DecoderSessions = { first, later };
  return { ...createHubDecoder(sessions, settings), aligner: createHubAligner(first, settings) };
}

async function openLater(
  path: string,
  first: InferenceSession,
  options: SessionOptions,
): Promise<InferenceSession> {
  try {
    return await openChecked(path, ['input_ids', 'past_key_values.0.decoder.key'], options);
  } catch (error) {
    await first.release();
    throw error;
  }
}

async function openChecked(
  path: string,
  inputs: readonly string[],
  options: SessionOptions,
): Promise<InferenceSession> {
  const session = await openSession(path, options);
  try {
    requireNames(path, session.inputNames, inputs);
    requireNames(path, session.outputNames, ['logits', 'present.0.decoder.key']);
    return session;
  } catch (error) {
    await session.release();
    throw error;
  }
}
