import { z } from 'zod';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { modelNameSchema, prioritySchema, type Priority } from '@whisper/shared/contracts/identifiers';
import type { TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import { parseOptions } from './parse-options.ts';

export interface TranscriptionRequest {
  readonly model: string;
  readonly options: TranscriptionOptions;
  readonly priority: Priority;
}

const modelFieldSchema = z.string().max(64).optional();
const priorityFieldSchema = prioritySchema.default('normal');

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
  const { model: asked, priority, ...given } = { ...asRecord(query), ...asRecord(fields) };
  const options = parseOptions(given);
  const model = knownModel(parseField('model', modelFieldSchema, asked) ?? models.defaultModel, models);
  return { model, options, priority: parseField('priority', priorityFieldSchema, priority) };
}

function asRecord(value: unknown): Record<string, unknown> {
  return z
    .record(z.string(), z.unknown())
    .catch({})
    .parse({ ...(value as object | undefined) });
}

function parseField<T>(field: string, schema: z.ZodType<T>, asked: unknown): T {
  const parsed = schema.safeParse(asked);
  if (parsed.success) return parsed.data;
  const message = `${field}: ${parsed.error.issues[0]?.message ?? 'invalid'}`;
  throw new PipelineError('invalid_option', message, { field, cause: parsed.error });
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
