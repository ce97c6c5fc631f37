import type { ErrorCode, PipelineError } from '@whisper/shared/contracts/errors';
import { OPTION_FIELDS } from '@whisper/shared/contracts/option-fields';
import type { RenderedError } from '../dialect.ts';

/** OpenAI's names for parameters of ours. */
const NAMES: Readonly<Record<string, string>> = {
  [OPTION_FIELDS.initialPrompt]: 'prompt',
  [OPTION_FIELDS.allowedLanguages]: 'languages',
  [OPTION_FIELDS.hotwords]: 'keywords',
  [OPTION_FIELDS.wordTimestamps]: 'timestamp_granularities',
  [OPTION_FIELDS.vadFilter]: 'chunking_strategy',
  [OPTION_FIELDS.vadThreshold]: 'chunking_strategy',
  [OPTION_FIELDS.vadSpeechPadMs]: 'chunking_strategy',
  [OPTION_FIELDS.vadMinSilenceMs]: 'chunking_strategy',
};

/** OpenAI's words for what we call otherwise. */
const CODES: Partial<Record<ErrorCode, string>> = {
  unknown_model: 'model_not_found',
  unknown_field: 'unknown_parameter',
  invalid_option: 'invalid_value',
  missing_file: 'missing_required_parameter',
  not_found: 'unknown_url',
  internal: 'server_error',
  missing_api_key: 'invalid_api_key',
  insufficient_scope: 'insufficient_permissions',
  rate_limited: 'rate_limit_exceeded',
  too_many_jobs: 'rate_limit_exceeded',
  quota_exceeded: 'insufficient_quota',
};
const TYPES: Partial<Record<ErrorCode, string>> = {
  rate_limited: 'requests',
  too_many_jobs: 'requests',
  quota_exceeded: 'insufficient_quota',
};
/** Its clients choose the class of an error by its status. */
const STATUSES: Partial<Record<ErrorCode, number>> = { unknown_model: 404 };

/** `{"error": {"message", "type", "param", "code"}}` */
export function renderOpenaiError(error: PipelineError): RenderedError {
  return { status: STATUSES[error.code] ?? error.httpStatus, body: openaiErrorBody(error) };
}

export function openaiErrorBody({ code, field, httpStatus, message }: PipelineError): object {
  const type = TYPES[code] ?? (httpStatus >= 500 ? 'server_error' : 'invalid_request_error');
  const param = field === undefined ? null : (NAMES[field] ?? field);
  const told = field && param ? message.replace(`${field}:`, `${param}:`) : message;
  return { error: { message: told, type, param, code: CODES[code] ?? code } };
}
