import { z } from 'zod';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { OPTION_FIELDS } from '@whisper/shared/contracts/option-fields';

const milliseconds = z.coerce.number().int().min(0).max(60_000);
/** OpenAI's defaults. */
const DEFAULTS = { threshold: 0.5, prefix_padding_ms: 300, silence_duration_ms: 200 };

/** As form fields `chunking_strategy[type]` and so on, or as JSON. */
const strategySchema = z.union([
  z.literal('auto').transform(() => DEFAULTS),
  z.object({
    type: z.literal('server_vad'),
    prefix_padding_ms: milliseconds.default(DEFAULTS.prefix_padding_ms),
    silence_duration_ms: milliseconds.default(DEFAULTS.silence_duration_ms),
    threshold: z.coerce.number().min(0).max(1).default(DEFAULTS.threshold),
  }),
]);

/**
 * Where the recording may be cut: by voice activity.
 * @returns our own parameters for it, none when nothing was asked
 * @throws PipelineError `invalid_option`
 */
export function readChunkingStrategy(given: unknown): Readonly<Record<string, string>> {
  if (given === undefined) return {};
  const parsed = strategySchema.safeParse(fromJson(given));
  if (!parsed.success) {
    const message = 'chunking_strategy: must be "auto", or an object of type "server_vad" with its numbers';
    throw new PipelineError('invalid_option', message, { field: 'chunking_strategy', cause: parsed.error });
  }
  const { prefix_padding_ms, silence_duration_ms, threshold } = parsed.data;
  return {
    [OPTION_FIELDS.vadFilter]: 'true',
    [OPTION_FIELDS.vadThreshold]: String(threshold),
    [OPTION_FIELDS.vadSpeechPadMs]: String(prefix_padding_ms),
    [OPTION_FIELDS.vadMinSilenceMs]: String(silence_duration_ms),
  };
}

function fromJson(given: unknown): unknown {
  if (typeof given !== 'string' || !given.startsWith('{')) return given;
  try {
    return JSON.parse(given);
  } catch {
    return undefined; // refused by the schema
  }
}
