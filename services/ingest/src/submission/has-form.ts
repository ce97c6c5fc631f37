import type { IncomingMessage } from 'node:http';
import { PipelineError } from '@whisper/shared/contracts/errors';

/** Whether a request says that its body is a form with parts. */
export function hasForm({ headers }: IncomingMessage): boolean {
  return headers['content-type']?.toLowerCase().startsWith('multipart/form-data') ?? false;
}

/** @throws PipelineError `unsupported_content_type` */
export function requireForm(request: IncomingMessage): void {
  if (hasForm(request)) return;
  throw new PipelineError('unsupported_content_type', 'send the audio as multipart/form-data');
}
