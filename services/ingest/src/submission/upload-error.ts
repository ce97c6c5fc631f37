import { MulterError } from 'multer';
import { PipelineError, type ErrorCode } from '@whisper/shared/contracts/errors';

const MULTER_CODES: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  LIMIT_FILE_SIZE: ['file_too_large', 'the file is larger than the limit'],
  LIMIT_FILE_COUNT: ['too_many_files', 'send one file only'],
  LIMIT_PART_COUNT: ['invalid_request', 'the form has too many parts'],
  LIMIT_FIELD_COUNT: ['invalid_request', 'the form has too many fields'],
  LIMIT_FIELD_KEY: ['invalid_request', 'a field name is too long'],
  LIMIT_FIELD_VALUE: ['invalid_request', 'a field value is too long'],
};
const DISK_FULL = ['ENOSPC', 'EDQUOT'];

/** What went wrong while a body was read, as an error that the client can act on. */
export function toUploadError(error: unknown, fileField: string): PipelineError {
  if (error instanceof PipelineError) return error;
  if (error instanceof MulterError) return fromMulter(error, fileField);
  if (isDiskFull(error)) return new PipelineError('spool_full', 'no room for the upload', { cause: error });
  if (isAborted(error)) return new PipelineError('upload_aborted', 'the upload broke off', { cause: error });
  return new PipelineError('invalid_request', 'the body is not a well-formed form', { cause: error });
}

function fromMulter(error: MulterError, fileField: string): PipelineError {
  const field = error.field?.replace(/[^\x20-\x7e]/g, '?').slice(0, 64);
  if (error.code === 'LIMIT_UNEXPECTED_FILE') {
    return field === fileField
      ? new PipelineError('too_many_files', 'send one file only', { field, cause: error })
      : new PipelineError('unknown_field', `send the audio as the form field "${fileField}"`, {
          ...(field && { field }),
          cause: error,
        });
  }
  const [code, message] = MULTER_CODES[error.code] ?? ['invalid_request', 'the form is not well-formed'];
  return new PipelineError(code, message, { ...(field && { field }), cause: error });
}

const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && DISK_FULL.includes(String(error.code));

const isAborted = (error: unknown): boolean =>
  error instanceof Error && /aborted|closed|premature|unexpected end/i.test(error.message);
