import type { ErrorCode, PipelineError } from '@whisper/shared/contracts/errors';
import type { RenderedError } from '../dialect.ts';

/** What FastAPI finds wrong by itself; the rest is told by the service. */
const VALIDATION: readonly ErrorCode[] = ['invalid_option', 'missing_file', 'unknown_field'];

/** `{"detail": …}`: a list where a parameter is wrong, as FastAPI gives it, else the reason. */
export function renderAsrError({ code, field, httpStatus, message }: PipelineError): RenderedError {
  if (!VALIDATION.includes(code)) return { status: httpStatus, body: { detail: message } };
  const isFile = code === 'missing_file' || code === 'unknown_field';
  const loc = isFile ? ['body', 'audio_file'] : ['query', field ?? ''];
  const type = code === 'missing_file' ? 'missing' : 'value_error';
  return { status: 422, body: { detail: [{ type, loc, msg: message }] } };
}
