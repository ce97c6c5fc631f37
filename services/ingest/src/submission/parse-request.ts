import { z } from 'zod';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { modelNameSchema } from '@whisper/shared/contracts/identifiers';
import type { TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import { parseOptions } from './parse-options.ts';

export interface TranscriptionRequest {
  readonly model: string;
  readonly options: TranscriptionOptions;
}

const modelFieldSchema = z.string().max(64).optional();

export interface KnownModels {
  readonly defaultModel: string;
  /** Names that can be asked for. */
  readonly names: () => readonly string[];
}

/** OpenAI's name for "the model of this server". */
export const DEFAULT_ALIAS = 'whisper-1';

/**
 * Reads the parameters; a form field wins over the query.
 * @throws PipelineError `unknown_field`, `invalid_option`, `unknown_model`, each with its field
 */
export function parseRequest(query: unknown, fields: unknown, models: KnownModels): TranscriptionRequest {
  const { model: asked, ...given } = { ...asRecord(query), ...asRecord(fields) };
  const options = parseOptions(given);
  return { model: knownModel(parseModel(asked) ?? models.defaultModel, models), options };
}

function asRecord(value: unknown): Record<string, unknown> {
  return z
    .record(z.string(), z.unknown())
    .catch({})
    .parse({ ...(value as object | undefined) });
}

function parseModel(asked: unknown): string | undefined {
  const parsed = modelFieldSchema.safeParse(asked);
  if (parsed.success) return parsed.data;
  const message = `model: ${parsed.error.issues[0]?.message ?? 'invalid'}`;
  throw new PipelineError('invalid_option', message, { field: 'model', cause: parsed.error });
}

function knownModel(asked: string, models: KnownModels): string {
  const name = asked === DEFAULT_ALIAS ? models.defaultModel : asked;
  if (modelNameSchema.safeParse(name).success && models.names().includes(name)) return name;
  const shown = asked.replace(/[^\x20-\x7e]/g, '?');
  throw new PipelineError(
    'unknown_model',
    `there is no model "${shown}"; there are: ${models.names().join(', ')}`,
    {
      field: 'model',
    },
  );
}
