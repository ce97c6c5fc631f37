import { z } from 'zod';

const usageSchema = z.object({ type: z.literal('duration'), seconds: z.int() });

export const segmentSchema = z.object({
  id: z.int(),
  seek: z.int(),
  start: z.number(),
  end: z.number(),
  text: z.string(),
  tokens: z.array(z.int()),
  temperature: z.number(),
  avg_logprob: z.number(),
  compression_ratio: z.number(),
  no_speech_prob: z.number(),
});

/** `verbose_json`, ours and OpenAI's. */
export const verboseSchema = z.object({
  task: z.enum(['transcribe', 'translate']),
  language: z.string().describe('In full: "english".'),
  duration: z.number(),
  text: z.string(),
  segments: z.array(segmentSchema).optional(),
  words: z.array(z.object({ word: z.string(), start: z.number(), end: z.number() })).optional(),
  usage: usageSchema,
});

export const openaiJsonSchema = z.object({ text: z.string(), usage: usageSchema });

/** Formats that are no JSON. */
export const plainAnswers: Readonly<Record<string, z.ZodType>> = {
  'text/plain': z.string(),
  'application/x-subrip': z.string(),
  'text/vtt': z.string(),
  'text/tab-separated-values': z.string(),
};
