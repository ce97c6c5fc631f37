import { z } from 'zod';
import type { UploadDescription } from '../route-description.ts';
import { asrQuerySchema } from './asr-webservice-query.ts';

export const ASR: UploadDescription = {
  summary: 'The text as a file, in the output that was asked for',
  parametersIn: 'query',
  parameters: asrQuerySchema,
  answers: { 'text/plain': z.string() },
};

export const DETECT_LANGUAGE: UploadDescription = {
  summary: 'The language that is spoken',
  parametersIn: 'query',
  parameters: asrQuerySchema.pick({ encode: true }),
  answers: {
    'application/json': z.object({
      detected_language: z.string(),
      language_code: z.string(),
      confidence: z.number().nullable(),
    }),
  },
};

const validationSchema = z.object({ type: z.string(), loc: z.array(z.string()), msg: z.string() });
export const errorSchema = z.object({ detail: z.union([z.string(), z.array(validationSchema)]) });
