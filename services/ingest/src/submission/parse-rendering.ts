import { z } from 'zod';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { RESPONSE_FORMATS, type Rendering } from '@whisper/speech/formats/render-transcript';

const MAX_LINE = 1000;

const positiveInteger = z
  .string()
  .regex(/^[0-9]{1,4}$/, 'must be a whole number')
  .transform(Number)
  .pipe(z.int().min(1).max(MAX_LINE))
  .optional();

const granularities = z
  .preprocess(
    (value): unknown => (Array.isArray(value) ? value : [value]),
    z.array(z.enum(['segment', 'word'])).max(2),
  )
  .optional();

/** What a request may say about the form of its answer. */
export const renderingSchema = z.object({
  response_format: z.enum(RESPONSE_FORMATS).default('json'),
  max_line_width: positiveInteger,
  max_line_count: positiveInteger,
  max_words_per_line: positiveInteger,
  highlight_words: z.stringbool().optional(),
  timestamp_granularities: granularities,
  'timestamp_granularities[]': granularities,
});

/** Names of the parameters that say how an answer is written, not what it says. */
export const RENDERING_FIELDS: readonly string[] = Object.keys(renderingSchema.shape);
const LINE_FIELDS = ['max_line_width', 'max_line_count', 'max_words_per_line', 'highlight_words'] as const;

/** A rendering without what the transcription's own options say. */
export type RequestedRendering = Omit<Rendering, 'task'>;

/**
 * Reads how the answer is to be written. Granularities count for `verbose_json` alone, as clients send them with any format.
 * @throws PipelineError `invalid_option` with its field
 */
export function parseRendering(given: Readonly<Record<string, unknown>>): RequestedRendering {
  const parsed = renderingSchema.safeParse(given);
  if (!parsed.success) throw toRenderingError(parsed.error);
  const { data } = parsed;
  const isSubtitles = data.response_format === 'srt' || data.response_format === 'vtt';
  const misplaced = LINE_FIELDS.find((field) => data[field] !== undefined);
  if (!isSubtitles && misplaced !== undefined) {
    const message = `${misplaced}: lines are broken in srt and vtt only`;
    throw new PipelineError('invalid_option', message, { field: misplaced });
  }
  return {
    format: data.response_format,
    lines: {
      maxLineWidth: data.max_line_width,
      maxLineCount: data.max_line_count,
      maxWordsPerLine: data.max_words_per_line,
      highlightWords: data.highlight_words,
    },
    granularities: data.timestamp_granularities ?? data['timestamp_granularities[]'] ?? ['segment'],
  };
}

/** Whether the answer cannot be written without the times of words. */
export function needsWords({ format, lines, granularities: timed }: RequestedRendering): boolean {
  if (format === 'verbose_json') return timed.includes('word');
  const { maxLineWidth, maxLineCount, maxWordsPerLine, highlightWords } = lines;
  return (
    highlightWords === true ||
    [maxLineWidth, maxLineCount, maxWordsPerLine].some((limit) => limit !== undefined)
  );
}

function toRenderingError(error: z.ZodError): PipelineError {
  const [issue] = error.issues;
  const field = String(issue?.path[0] ?? '');
  return new PipelineError('invalid_option', `${field}: ${issue?.message ?? 'invalid'}`, {
    field,
    cause: error,
  });
}
