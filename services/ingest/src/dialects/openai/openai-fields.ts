import { z } from 'zod';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { OPTION_FIELDS } from '@whisper/shared/contracts/option-fields';
import { readChunkingStrategy } from './chunking-strategy.ts';

const FORMATS = ['json', 'text', 'srt', 'verbose_json', 'vtt'] as const;
const flag = z
  .string()
  .regex(/^(true|false|1|0)$/i, 'must be true or false')
  .transform((text) => /^(true|1)$/i.test(text));
const list = z.preprocess(
  (value): unknown => (typeof value === 'string' ? [value] : value),
  z.array(z.string().max(1_000)).max(200),
);
const nobody = z.never('no model here tells speakers apart');

/** The fields of OpenAI's specification, beside `file`. */
export const openaiSchema = z.object({
  model: z.unknown().optional(),
  language: z.unknown().optional(),
  prompt: z.unknown().optional(),
  response_format: z.enum(FORMATS, `must be one of ${FORMATS.join(', ')}`).default('json'),
  temperature: z.coerce.number('must be a number').min(0).max(1).optional(),
  timestamp_granularities: list.optional(),
  include: list.pipe(z.array(z.never('no model here gives logprobs'))).optional(),
  stream: flag.default(false),
  chunking_strategy: z.unknown().optional(),
  languages: list.optional(),
  keywords: list.optional(),
  known_speaker_names: nobody.optional(),
  known_speaker_references: nobody.optional(),
});
type OpenaiFields = z.infer<typeof openaiSchema>;

export interface TranslatedFields {
  /** By our own names. */
  readonly ours: Readonly<Record<string, unknown>>;
  readonly stream: boolean;
}

/** Parameters of ours that may be given beside OpenAI's (`extra_body` in its clients). */
const EXTRAS: ReadonlySet<string> = new Set(Object.values(OPTION_FIELDS));

/**
 * Reads the fields of an OpenAI request and gives them our names. An empty field counts as none, since clients send such;
 * a field that neither OpenAI nor we know is ignored, since clients send those of other servers.
 * @throws PipelineError `invalid_option` with the field
 */
export function readOpenaiFields(given: Readonly<Record<string, unknown>>): TranslatedFields {
  const said = Object.entries(given).filter(([, value]) => value !== '');
  const plain = Object.fromEntries(said.map(([name, value]) => [name.replace(/\[\]$/, ''), value]));
  const parsed = openaiSchema.safeParse(plain);
  if (!parsed.success) throw toFieldError(parsed.error);
  const { data } = parsed;
  if (data.stream && (data.response_format === 'srt' || data.response_format === 'vtt')) {
    const message = 'stream: with json, text and verbose_json only';
    throw new PipelineError('invalid_option', message, { field: 'stream' });
  }
  const extras = Object.entries(plain).filter(([name]) => EXTRAS.has(name) && !(name in openaiSchema.shape));
  return { ours: { ...Object.fromEntries(extras), ...translate(data) }, stream: data.stream };
}

/** Temperature 0 is OpenAI's word for the whole fallback, which is our default. */
function translate(data: OpenaiFields): Record<string, unknown> {
  const { keywords, language, languages, model, prompt, response_format, temperature } = data;
  return withoutAbsent({
    model,
    language,
    response_format,
    timestamp_granularities: data.timestamp_granularities,
    [OPTION_FIELDS.initialPrompt]: prompt,
    [OPTION_FIELDS.temperatures]: temperature ? String(temperature) : undefined,
    [OPTION_FIELDS.allowedLanguages]: languages,
    [OPTION_FIELDS.hotwords]: keywords?.join(', '),
    ...readChunkingStrategy(data.chunking_strategy),
  });
}

function withoutAbsent(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function toFieldError(error: z.ZodError): PipelineError {
  const [issue] = error.issues;
  const field = String(issue?.path[0] ?? '');
  return new PipelineError('invalid_option', `${field}: ${issue?.message ?? 'invalid'}`, {
    field,
    cause: error,
  });
}
