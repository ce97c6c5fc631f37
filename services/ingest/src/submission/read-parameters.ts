import { PipelineError } from '@whisper/shared/contracts/errors';
import { OPTION_FIELDS } from '@whisper/shared/contracts/option-fields';
import type { Rendering } from '@whisper/speech/formats/render-transcript';
import { needsWords, parseRendering, RENDERING_FIELDS } from './parse-rendering.ts';
import { parseRequest, type KnownModels, type TranscriptionRequest } from './parse-request.ts';

export interface RequestParameters {
  /** What is to be computed. */
  readonly request: TranscriptionRequest;
  /** How it is to be written, which every stored transcript can be. */
  readonly rendering: Rendering;
}

/**
 * Reads everything that a request says beside its file; a form field wins over the query.
 * Words are timed where the answer needs their times.
 * @throws PipelineError what {@link parseRendering} and {@link parseRequest} throw
 */
export function readParameters(query: unknown, fields: unknown, models: KnownModels): RequestParameters {
  const given: Record<string, unknown> = {
    ...(query as object | undefined),
    ...(fields as object | undefined),
  };
  const rendering = parseRendering(given);
  const others = Object.entries(given).filter(([name]) => !RENDERING_FIELDS.includes(name));
  const words = needsWords(rendering) ? { [OPTION_FIELDS.wordTimestamps]: 'true' } : {};
  const request = parseRequest({ ...words, ...Object.fromEntries(others) }, {}, models);
  if (needsWords(rendering) && !request.options.wordTimestamps) throw missingWords();
  return { request, rendering: { ...rendering, task: request.options.task } };
}

function missingWords(): PipelineError {
  const field = OPTION_FIELDS.wordTimestamps;
  return new PipelineError('invalid_option', `${field}: the answer that was asked for needs them`, { field });
}
