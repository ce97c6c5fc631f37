import type { InferenceSession } from 'onnxruntime-node';
import type { Aligner } from './aligner.ts';
import type { OnnxFiles } from './choose-onnx-files.ts';
import type { Decoder } from './decoder.ts';
import { openEncoder, type Encoder } from './encoder.ts';
import type { ModelSettings } from './model-files.ts';
import { openDecoder } from './open-decoder.ts';
import { createPackedAligner } from './packed-aligner.ts';
import { createPackedDecoder } from './packed-decoder.ts';
import { crossNames, openPackedEncoder } from './packed-encoder.ts';
import { openSession, requireNames, type SessionOptions } from './run-session.ts';

/** The graphs of one model, opened. */
export interface Graphs extends AsyncDisposable {
  readonly encoder: Encoder;
  readonly decoder: Decoder;
  /** For the times of words; undefined where the export does not say where it looked. */
  readonly aligner: Aligner | undefined;
}

interface DecoderGraphs {
  readonly decoder: Decoder;
  readonly aligner: Aligner | undefined;
}

/**
 * Opens an encoder and its decoder in the layout that they have.
 * @throws PipelineError `model_unavailable` that names the file that is missing, corrupt or of another layout.
 */
export async function openGraphs(
  files: OnnxFiles,
  settings: ModelSettings,
  options: SessionOptions,
): Promise<Graphs> {
  const isPacked = files.layout === 'packed';
  const encoder = await (isPacked ? openPackedEncoder : openEncoder)(files.encoder, settings, options);
  try {
    const decoder = isPacked
      ? await openPackedDecoder(files.decoder.first, settings, options)
      : await openHubDecoder(files.decoder, settings, options);
    return {
      encoder,
      ...decoder,
      [Symbol.asyncDispose]: async () => {
        await encoder[Symbol.asyncDispose]();
        await decoder.decoder[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await encoder[Symbol.asyncDispose]();
    throw error;
  }
}

async function openHubDecoder(
  files: OnnxFiles['decoder'],
  settings: ModelSettings,
  options: SessionOptions,
): Promise<DecoderGraphs> {
  const decoder = await openDecoder(files, settings, options);
  return { decoder, aligner: decoder.aligner };
}

async function openPackedDecoder(
  path: string,
  settings: ModelSettings,
  options: SessionOptions,
): Promise<DecoderGraphs> {
  const session = await openSession(path, options);
  try {
    checkPacked(path, session, settings);
    return {
      decoder: createPackedDecoder(session, settings),
      aligner: createPackedAligner(session, settings),
    };
  } catch (error) {
    await session.release();
    throw error;
  }
}

function checkPacked(path: string, session: InferenceSession, settings: ModelSettings): void {
  const inputs = ['input_ids', 'position_ids', 'attn_bias', 'past_kv', 'logit_rows', ...crossNames(settings)];
  requireNames(path, session.inputNames, inputs);
  requireNames(path, session.outputNames, ['logits', 'kv_new', 'alignment']);
}
