import { PipelineError } from '@whisper/shared/contracts/errors';
import type { JobRecord } from '@whisper/shared/contracts/job-record';
import type { Transcript } from '@whisper/shared/contracts/transcript';
import type { Rendering } from '@whisper/speech/formats/render-transcript';
import { needsWords, parseRendering, RENDERING_FIELDS } from '../submission/parse-rendering.ts';

/**
 * How a stored result is to be written: any of the formats, whatever its job was asked for.
 * @throws PipelineError `unknown_field`, `invalid_option`
 */
export function readResultQuery(query: Readonly<Record<string, unknown>>): Omit<Rendering, 'task'> {
  const unknown = Object.keys(query).find((name) => !RENDERING_FIELDS.includes(name));
  if (unknown === undefined) return parseRendering(query);
  const message = `there is no such parameter; there are: ${RENDERING_FIELDS.join(', ')}`;
  throw new PipelineError('unknown_field', message);
}

/** @throws PipelineError `invalid_option` for times of words that nobody has measured */
export function renderingFor(
  record: JobRecord,
  transcript: Transcript,
  asked: Omit<Rendering, 'task'>,
): Rendering {
  const hasWords = transcript.segments.every(({ words }) => words !== undefined);
  if (needsWords(asked) && !hasWords) {
    throw new PipelineError(
      'invalid_option',
      'the job was submitted without word_timestamps: its words have no times',
    );
  }
  return { ...asked, task: record.job?.options.task ?? 'transcribe' };
}
