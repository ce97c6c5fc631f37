import { z } from 'zod';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { OPTION_FIELDS } from '@whisper/shared/contracts/option-fields';
import { languageCode } from '../language-code.ts';

const FORMATS = ['json', 'text', 'srt', 'verbose_json', 'vtt'] as const;
const number = z.coerce.number('must be a number');
const flag = z
  .string()
  .regex(/^(true|false|1|0|on|off)$/i, 'must be true or false')
  .transform((text) => /^(true|1|on)$/i.test(text));

/** Those of its fields that mean something here. The rest tunes whisper.cpp itself and is ignored. */
export const inferenceSchema = z.object({
  model: z.string().optional(),
  language: z.string().optional(),
  detect_language: flag.optional(),
  translate: flag.optional(),
  prompt: z.string().optional(),
  carry_initial_prompt: flag.optional(),
  response_format: z.enum(FORMATS).catch('json'),
  temperature: number.min(0).max(10).optional(),
  temperature_inc: number.min(0).max(10).optional(),
  best_of: number.optional(),
  beam_size: number.optional(),
  logprob_thold: number.optional(),
  no_speech_thold: number.optional(),
  no_timestamps: flag.optional(),
  token_timestamps: flag.optional(),
  max_context: number.optional(),
  offset_t: number.min(0).optional(),
  duration: number.min(0).optional(),
  vad: flag.optional(),
  vad_threshold: number.optional(),
  vad_min_speech_duration_ms: number.optional(),
  vad_min_silence_duration_ms: number.optional(),
  vad_max_speech_duration_s: number.optional(),
  vad_speech_pad_ms: number.optional(),
});
type InferenceFields = z.infer<typeof inferenceSchema>;

const WARMEST = 1;
const DEFAULT_STEP = 0.2;

/**
 * Reads the fields of an `/inference` request and gives them our names.
 * @throws PipelineError `invalid_option` with the field
 */
export function readWhisperCppFields(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  const parsed = inferenceSchema.safeParse(said);
  if (!parsed.success) throw toFieldError(parsed.error);
  const ours = { ...textFields(parsed.data), ...searchFields(parsed.data), ...stretchFields(parsed.data) };
  const told = Object.entries(ours).filter(([, value]) => value !== undefined);
  return Object.fromEntries(told.map(([name, value]) => [name, String(value)]));
}

/** Its server is told a language at its start; ours hears which it is. */
function textFields(data: InferenceFields): Record<string, unknown> {
  const detects = data.detect_language === true || data.language === undefined || data.language === 'auto';
  return {
    model: data.model,
    response_format: data.response_format,
    [OPTION_FIELDS.language]: detects ? undefined : languageCode(data.language),
    [OPTION_FIELDS.task]: data.translate ? 'translate' : undefined,
    [OPTION_FIELDS.initialPrompt]: data.prompt,
    [OPTION_FIELDS.carryInitialPrompt]: data.carry_initial_prompt,
    [OPTION_FIELDS.conditionOnPreviousText]: data.max_context === 0 ? false : undefined,
    [OPTION_FIELDS.withoutTimestamps]: data.no_timestamps,
    [OPTION_FIELDS.wordTimestamps]: data.token_timestamps,
  };
}

function searchFields(data: InferenceFields): Record<string, unknown> {
  return {
    [OPTION_FIELDS.temperatures]: temperatures(data),
    [OPTION_FIELDS.bestOf]: atLeastTwo(data.best_of),
    [OPTION_FIELDS.beamSize]: atLeastTwo(data.beam_size),
    [OPTION_FIELDS.logprobThreshold]: data.logprob_thold,
    [OPTION_FIELDS.noSpeechThreshold]: data.no_speech_thold,
  };
}

/** From the first temperature up in steps; a step of 0 tries no other. */
function temperatures({
  temperature = 0,
  temperature_inc = DEFAULT_STEP,
}: InferenceFields): string | undefined {
  if (temperature === 0 && temperature_inc === DEFAULT_STEP) return undefined;
  if (temperature_inc === 0) return String(temperature);
  const steps = Math.min(20, Math.floor((WARMEST - temperature) / temperature_inc + 1e-6) + 1);
  const ladder = Array.from({ length: Math.max(1, steps) }, (_, n) => temperature + n * temperature_inc);
  return ladder.map((value) => Number(value.toFixed(6))).join(',');
}

/** One, none and -1 all mean: the plain way. */
const atLeastTwo = (count: number | undefined): number | undefined =>
  count !== undefined && count > 1 ? count : undefined;

function stretchFields(data: InferenceFields): Record<string, unknown> {
  const { duration = 0, offset_t: offset = 0 } = data;
  const clip = [offset / 1000, ...(duration > 0 ? [(offset + duration) / 1000] : [])];
  return {
    [OPTION_FIELDS.clipTimestampsSeconds]: offset > 0 || duration > 0 ? clip.join(',') : undefined,
    ...(data.vad === true && {
      [OPTION_FIELDS.vadFilter]: true,
      [OPTION_FIELDS.vadThreshold]: data.vad_threshold,
      [OPTION_FIELDS.vadMinSpeechMs]: data.vad_min_speech_duration_ms,
      [OPTION_FIELDS.vadMinSilenceMs]: data.vad_min_silence_duration_ms,
      [OPTION_FIELDS.vadMaxSpeechSeconds]: data.vad_max_speech_duration_s,
      [OPTION_FIELDS.vadSpeechPadMs]: data.vad_speech_pad_ms,
    }),
  };
}

function toFieldError(error: z.ZodError): PipelineError {
  const [issue] = error.issues;
  const field = String(issue?.path[0] ?? '');
  return new PipelineError('invalid_option', `${field}: ${issue?.message ?? 'invalid'}`, {
    field,
    cause: error,
  });
}
