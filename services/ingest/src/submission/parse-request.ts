import { z } from 'zod';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { modelNameSchema, prioritySchema, type Priority } from '@whisper/shared/contracts/identifiers';
import {
  transcriptionOptionsSchema,
  type TranscriptionOptions,
} from '@whisper/shared/contracts/transcription-options';

export interface TranscriptionRequest {
  readonly model: string;
  readonly options: TranscriptionOptions;
  readonly priority: Priority;
}

/** What a request may say beside its file, in the query or in the form. */
const requestSchema = z.strictObject({
  model: z.string().max(64).optional(),
  task: transcriptionOptionsSchema.shape.task,
  language: transcriptionOptionsSchema.shape.language,
  priority: prioritySchema.default('normal'),
});

export interface KnownModels {
  readonly defaultModel: string;
  /** Names that can be asked for. */
  readonly names: () => readonly string[];
}

/** OpenAI's name for "the model of this server". */
const DEFAULT_ALIAS = 'whisper-1';

/**
 * Reads the parameters; a form field wins over the query.
 * @throws PipelineError `unknown_field`, `invalid_option`, `unknown_model`, each with its field
 */
export function parseRequest(query: unknown, fields: unknown, models: KnownModels): TranscriptionRequest {
  const given = { ...asRecord(query), ...asRecord(fields) };
  const parsed = requestSchema.safeParse(given);
  if (!parsed.success) throw toRequestError(parsed.error);
  const { model = models.defaultModel, priority, ...options } = parsed.data;
  return { model: knownModel(model, models), options, priority };
}

function asRecord(value: unknown): Record<string, unknown> {
  return z
    .record(z.string(), z.unknown())
    .catch({})
    .parse({ ...(value as object | undefined) });
}

function toRequestError(error: z.ZodError): PipelineError {
  const [issue] = error.issues;
  if (issue?.code === 'unrecognized_keys') {
    const field = (issue.keys[0] ?? '').replace(/[^\x20-\x7e]/g, '?').slice(0, 64);
    const known = Object.keys(requestSchema.shape).join(', ');
    return new PipelineError('unknown_field', `there is no parameter "${field}"; there are: file, ${known}`, {
      field,
    });
  }
  const field = issue?.path.join('.') ?? '';
  return new PipelineError('invalid_option', `${field}: ${issue?.message ?? 'invalid'}`, {
    field,
    cause: error,
  });
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
