import { join } from 'node:path';
import { z } from 'zod';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { MAX_BEAMS } from '@whisper/shared/contracts/transcription-options';
import { HOP_SIZE, SAMPLE_RATE_HZ } from '../features/log-mel-spectrogram.ts';
import { FRAME_SIZE } from '../features/power-spectrum.ts';
import { readJson } from './read-json.ts';

const size = z.int().positive();

const configSchema = z.object({
  model_type: z.literal('whisper'),
  d_model: size,
  decoder_layers: size,
  decoder_attention_heads: size,
  num_mel_bins: size,
  vocab_size: size,
  max_source_positions: size,
  max_target_positions: size,
});

const generationConfigSchema = z.object({
  is_multilingual: z.boolean().optional(),
  lang_to_id: z.record(z.string(), z.int().nonnegative()).optional(),
  condition_on_prev_tokens: z.boolean().optional(),
  num_beams: z.int().min(1).max(MAX_BEAMS).optional(),
  alignment_heads: z.array(z.tuple([z.int().nonnegative(), z.int().nonnegative()])).nullish(),
});

/** Only the front end of the paper is built here, so its constants are literals. */
const preprocessorConfigSchema = z.object({
  feature_size: size,
  chunk_length: size,
  sampling_rate: z.literal(SAMPLE_RATE_HZ),
  hop_length: z.literal(HOP_SIZE),
  n_fft: z.literal(FRAME_SIZE),
  /** Our own key: what fills a window after the end of the recording. */
  feature_padding: z.enum(['zeros', 'silence']).default('zeros'),
});

/** The sizes of a model, as its own files state them. */
export interface ModelSettings {
  readonly melCount: number;
  /** Mel frames of 10 ms that the encoder takes at once: 3000 for the published models. */
  readonly windowFrames: number;
  /** Mel frames per position of the encoder's output, the unit of timestamps. */
  readonly framesPerPosition: number;
  readonly vocabularySize: number;
  /** Tokens that the decoder can hold, prompt included. */
  readonly contextTokens: number;
  readonly decoderLayers: number;
  readonly decoderHeads: number;
  readonly headSize: number;
  readonly multilingual: boolean;
  /** Whether a window is told what was said before: yes, as in the reference, unless the model asks not to be. */
  readonly conditionsOnPrevious: boolean;
  /** Beams at temperature 0 where a request does not say; `null` is greedy, as in the reference. */
  readonly beamSize: number | null;
  /** `[layer, head]` of the cross-attention that follows the words; all of the decoder's upper half where the model does not say. */
  readonly alignmentHeads: readonly (readonly [number, number])[];
  /** What follows the recording in its last window: zeros in the features, as in the reference, or silence. */
  readonly padsWithSilence: boolean;
  /** Language codes in the model's own order; empty where the model does not say. */
  readonly languageIds: Readonly<Record<string, number>>;
}

/**
 * Reads `config.json`, `generation_config.json` and `preprocessor_config.json`.
 * @throws PipelineError `model_unavailable` that names the file at fault.
 */
export async function readModelSettings(directory: string): Promise<ModelSettings> {
  const config = await readJson(join(directory, 'config.json'), configSchema);
  const generation = await readJson(join(directory, 'generation_config.json'), generationConfigSchema);
  const preprocessor = await readJson(join(directory, 'preprocessor_config.json'), preprocessorConfigSchema);
  const windowFrames = (preprocessor.chunk_length * SAMPLE_RATE_HZ) / HOP_SIZE;
  const framesPerPosition = windowFrames / config.max_source_positions;
  if (!Number.isInteger(framesPerPosition) || preprocessor.feature_size !== config.num_mel_bins) {
    const message = `preprocessor_config.json and config.json in ${directory} do not belong to one model.`;
    throw new PipelineError('model_unavailable', message);
  }
  return {
    melCount: config.num_mel_bins,
    windowFrames,
    framesPerPosition,
    vocabularySize: config.vocab_size,
    contextTokens: config.max_target_positions,
    decoderLayers: config.decoder_layers,
    decoderHeads: config.decoder_attention_heads,
    headSize: config.d_model / config.decoder_attention_heads,
    conditionsOnPrevious: generation.condition_on_prev_tokens ?? true,
    beamSize: generation.num_beams === 1 ? null : (generation.num_beams ?? null),
    padsWithSilence: preprocessor.feature_padding === 'silence',
    multilingual: generation.is_multilingual ?? generation.lang_to_id !== undefined,
    alignmentHeads:
      generation.alignment_heads ?? upperHalf(config.decoder_layers, config.decoder_attention_heads),
    languageIds: languageCodes(generation.lang_to_id ?? {}),
  };
}

/** `<|en|>` to `en`. */
function languageCodes(ids: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(ids).map(([token, id]) => [token.replace(/^<\||\|>$/g, ''), id]));
}

function upperHalf(layers: number, heads: number): (readonly [number, number])[] {
  const first = Math.floor(layers / 2);
  return Array.from({ length: (layers - first) * heads }, (_, i) => [
    first + Math.floor(i / heads),
    i % heads,
  ]);
}
