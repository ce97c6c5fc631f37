import { PipelineError } from '@whisper/shared/contracts/errors';
import { z } from 'zod';
import { UsageError } from './command.ts';

/** For scripts: what a command that did not do its work ends with. */
export const EXIT_CODES = {
  failed: 1,
  usage: 2,
  notFound: 3,
  refused: 4,
  unavailable: 5,
} as const;

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError || error instanceof z.ZodError) return EXIT_CODES.usage;
  if (!(error instanceof PipelineError)) return EXIT_CODES.failed;
  switch (error.httpStatus) {
    case 400:
      return EXIT_CODES.usage;
    case 404:
      return EXIT_CODES.notFound;
    case 409:
      return EXIT_CODES.refused;
    case 503:
      return EXIT_CODES.unavailable;
    default:
      return EXIT_CODES.failed;
  }
}

export function describeFailure(error: unknown, asJson: boolean): string {
  const message = messageOf(error);
  if (!asJson) return message;
  const code =
    error instanceof PipelineError ? error.code : error instanceof UsageError ? 'usage' : 'internal';
  return JSON.stringify({ error: { code, message } });
}

function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}
