import { z } from 'zod';
import { segmentSchema } from '../answer-schemas.ts';
import type { ReadDescription, UploadDescription } from '../route-description.ts';
import { inferenceSchema } from './whisper-cpp-fields.ts';

const verboseSchema = z.object({
  task: z.enum(['transcribe', 'translate']),
  language: z.string(),
  duration: z.number(),
  text: z.string(),
  segments: z.array(segmentSchema.omit({ seek: true, compression_ratio: true })),
  detected_language: z.string(),
  detected_language_probability: z.number().optional(),
});

export const INFERENCE: UploadDescription = {
  summary: "The inference of whisper.cpp's server",
  parametersIn: 'both',
  parameters: inferenceSchema,
  answers: {
    'application/json': z.union([z.object({ text: z.string() }), verboseSchema]),
    'text/plain': z.string(),
    'application/x-subrip': z.string(),
    'text/vtt': z.string(),
  },
};

export const HEALTH: ReadDescription = {
  summary: 'Whether it answers',
  answer: z.object({ status: z.literal('ok') }),
};

export const errorSchema = z.object({ error: z.string() });
