import { z } from 'zod';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { OPTION_FIELDS } from '@whisper/shared/contracts/option-fields';
import type { ResponseFormat } from '@whisper/speech/formats/render-transcript';

export const OUTPUTS = ['txt', 'vtt', 'srt', 'tsv', 'json'] as const;
export type Output = (typeof OUTPUTS)[number];

const flag = z
  .string()
  .regex(/^(true|false|1|0|on|off|yes|no)$/i, 'must be true or false')
  .transform((text) => /^(true|1|on|yes)$/i.test(text));

export const asrQuerySchema = z.object({
  encode: flag.default(true),
  task: z.string().optional(),
  language: z.string().optional(),
  initial_prompt: z.string().optional(),
  vad_filter: flag.default(false),
  word_timestamps: flag.default(false),
  diarize: flag.refine((asked) => !asked, 'no model here tells speakers apart').default(false),
  output: z.enum(OUTPUTS, `must be one of ${OUTPUTS.join(', ')}`).default('txt'),
});

const FORMATS: Readonly<Record<Output, ResponseFormat>> = {
  txt: 'text',
  vtt: 'vtt',
  srt: 'srt',
  tsv: 'tsv',
  json: 'verbose_json',
};

export interface AsrQuery {
  readonly output: Output;
  /** The file is bare samples: 16 kHz, one channel, 16 bits, little-endian. */
  readonly isBare: boolean;
  /** By our own names. */
  readonly ours: Readonly<Record<string, string>>;
}

/**
 * What is not known is ignored, as that server does.
 * @throws PipelineError `invalid_option` with the parameter
 */
export function readAsrQuery(given: Readonly<Record<string, unknown>>): AsrQuery {
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  const parsed = asrQuerySchema.safeParse(said);
  if (!parsed.success) throw toFieldError(parsed.error);
  const { encode, initial_prompt, language, output, task, vad_filter, word_timestamps } = parsed.data;
  return {
    output,
    isBare: !encode,
    ours: {
      response_format: FORMATS[output],
      ...(task !== undefined && { [OPTION_FIELDS.task]: task }),
      ...(language !== undefined && { [OPTION_FIELDS.language]: language }),
      ...(initial_prompt !== undefined && { [OPTION_FIELDS.initialPrompt]: initial_prompt }),
      ...(vad_filter && { [OPTION_FIELDS.vadFilter]: 'true' }),
      ...(word_timestamps && { [OPTION_FIELDS.wordTimestamps]: 'true' }),
    },
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
