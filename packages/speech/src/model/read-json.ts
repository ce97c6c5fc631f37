import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { PipelineError } from '@whisper/shared/contracts/errors';

/**
 * One JSON file of a model, parsed by `schema`.
 * @throws PipelineError `model_unavailable` that names the file when it is missing, is not JSON or does not fit.
 */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new PipelineError('model_unavailable', `Cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const message = `${path} is not what a Whisper model has there: ${z.prettifyError(parsed.error)}`;
  throw new PipelineError('model_unavailable', message, { cause: parsed.error });
}

/** The message of anything thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
