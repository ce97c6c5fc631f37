import { z } from 'zod';
import { openaiJsonSchema, verboseSchema } from '../answer-schemas.ts';
import type { ReadDescription, UploadDescription } from '../route-description.ts';
import { openaiSchema } from './openai-fields.ts';

const answers: UploadDescription['answers'] = {
  'application/json': z.union([openaiJsonSchema, verboseSchema]),
  'text/plain': z.string(),
  'application/x-subrip': z.string(),
  'text/vtt': z.string(),
  'text/event-stream': z.unknown().describe('transcript.text.delta, then transcript.text.done'),
};

const parameters = openaiSchema.extend({
  model: z.string().optional().describe('A model of this server; whisper-1 is its default.'),
  language: z.string().optional().describe('ISO 639-1; detected without it.'),
  prompt: z.string().optional(),
  stream: z.boolean().default(false),
  chunking_strategy: z.union([z.literal('auto'), z.object({ type: z.literal('server_vad') })]).optional(),
});

export const TRANSCRIPTIONS: UploadDescription = {
  summary: 'createTranscription',
  parametersIn: 'both',
  parameters,
  answers,
};
export const TRANSLATIONS: UploadDescription = {
  summary: 'createTranslation: into English',
  parametersIn: 'both',
  parameters,
  answers,
};

const modelSchema = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: z.int(),
  owned_by: z.string(),
});

export const LIST_MODELS: ReadDescription = {
  summary: 'listModels',
  answer: z.object({ object: z.literal('list'), data: z.array(modelSchema) }),
};
export const READ_MODEL: ReadDescription = { summary: 'retrieveModel', answer: modelSchema };

export const errorSchema = z.object({
  error: z.object({
    message: z.string(),
    type: z.enum(['invalid_request_error', 'server_error', 'requests', 'insufficient_quota']),
    param: z.string().nullable(),
    code: z.string().nullable(),
  }),
});
