/**
 * Every error that crosses a process or reaches a user. `httpStatus` is what ingest answers,
 * `retryable` decides between another attempt and a final failure in the scheduler and workers.
 */
const ERRORS = {
  invalid_request: { httpStatus: 400, retryable: false },
  missing_file: { httpStatus: 400, retryable: false },
  empty_file: { httpStatus: 400, retryable: false },
  too_many_files: { httpStatus: 400, retryable: false },
  unknown_field: { httpStatus: 400, retryable: false },
  invalid_option: { httpStatus: 400, retryable: false },
  unknown_model: { httpStatus: 400, retryable: false },
  upload_aborted: { httpStatus: 400, retryable: false },
  url_refused: { httpStatus: 400, retryable: false },
  missing_api_key: { httpStatus: 401, retryable: false },
  invalid_api_key: { httpStatus: 401, retryable: false },
  insufficient_scope: { httpStatus: 403, retryable: false },
  not_found: { httpStatus: 404, retryable: false },
  unknown_key: { httpStatus: 404, retryable: false },
  unknown_job: { httpStatus: 404, retryable: false },
  unknown_delivery: { httpStatus: 404, retryable: false },
  method_not_allowed: { httpStatus: 405, retryable: false },
  upload_timeout: { httpStatus: 408, retryable: false },
  job_cancelled: { httpStatus: 409, retryable: false },
  job_ended: { httpStatus: 409, retryable: false },
  job_unfinished: { httpStatus: 409, retryable: false },
  job_not_retryable: { httpStatus: 409, retryable: false },
  job_erased: { httpStatus: 410, retryable: false },
  result_expired: { httpStatus: 410, retryable: false },
  file_too_large: { httpStatus: 413, retryable: false },
  url_too_large: { httpStatus: 413, retryable: false },
  audio_too_long: { httpStatus: 413, retryable: false },
  unsupported_content_type: { httpStatus: 415, retryable: false },
  undecodable_audio: { httpStatus: 415, retryable: false },
  idempotency_key_reused: { httpStatus: 422, retryable: false },
  no_audio_track: { httpStatus: 422, retryable: false },
  url_unreachable: { httpStatus: 422, retryable: false },
  rate_limited: { httpStatus: 429, retryable: true },
  too_many_jobs: { httpStatus: 429, retryable: true },
  quota_exceeded: { httpStatus: 429, retryable: false },
  audio_missing: { httpStatus: 500, retryable: true },
  audio_corrupt: { httpStatus: 500, retryable: true },
  engine_failed: { httpStatus: 500, retryable: true },
  attempts_exhausted: { httpStatus: 500, retryable: false },
  invalid_message: { httpStatus: 500, retryable: false },
  transcript_changed: { httpStatus: 500, retryable: true },
  internal: { httpStatus: 500, retryable: true },
  model_unavailable: { httpStatus: 503, retryable: true },
  queue_full: { httpStatus: 503, retryable: true },
  queue_unavailable: { httpStatus: 503, retryable: true },
  storage_unavailable: { httpStatus: 503, retryable: true },
  spool_full: { httpStatus: 503, retryable: true },
  too_many_uploads: { httpStatus: 503, retryable: true },
  /** A synchronous request's job that nobody waited for any more, where the operator wants those ended. */
  job_abandoned: { httpStatus: 503, retryable: true },
  stopping: { httpStatus: 503, retryable: true },
  wait_timeout: { httpStatus: 504, retryable: true },
} as const;

export type ErrorCode = keyof typeof ERRORS;
export const ERROR_CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

export interface PipelineErrorDetails {
  readonly cause?: unknown;
  /** The form field, query parameter or setting at fault. */
  readonly field?: string;
  /** When another try is likely to be taken. */
  readonly retryAfterSeconds?: number;
}

/** A failure that a user or an operator can act on; programmer mistakes stay plain Error. */
export class PipelineError extends Error {
  override readonly name = 'PipelineError';
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    { cause, field, retryAfterSeconds }: PipelineErrorDetails = {},
  ) {
    super(message, { cause });
    this.code = code;
    this.field = field;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }

  get httpStatus(): number {
    return ERRORS[this.code].httpStatus;
  }
}

/** What makes a running job stop when somebody has cancelled it. */
export const cancelledError = (): PipelineError =>
  new PipelineError('job_cancelled', 'the job was cancelled');

/** Nothing may be written of a job that was erased. */
export const erasedError = (): PipelineError => new PipelineError('job_erased', 'the job was erased');

export const isErasedError = (error: unknown): boolean =>
  error instanceof PipelineError && error.code === 'job_erased';

/** Any thrown value as a PipelineError; what we do not know becomes `internal`. */
export function toPipelineError(error: unknown): PipelineError {
  if (error instanceof PipelineError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new PipelineError('internal', message, { cause: error });
}
