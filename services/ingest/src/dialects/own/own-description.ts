import { z } from 'zod';
import { OPTION_FIELDS } from '@whisper/shared/contracts/option-fields';
import { transcriptionOptionsSchema } from '@whisper/shared/contracts/transcription-options';
import { renderingSchema } from '../../submission/parse-rendering.ts';
import { plainAnswers, verboseSchema } from '../answer-schemas.ts';
import type { UploadDescription } from '../route-description.ts';

/** Options by the names of their fields. */
const options = Object.fromEntries(
  Object.entries(transcriptionOptionsSchema.shape).map(([option, schema]) => [
    OPTION_FIELDS[option as keyof typeof OPTION_FIELDS],
    schema,
  ]),
);
const { 'timestamp_granularities[]': _alias, ...rendering } = renderingSchema.shape;

const parameters = z.object({
  model: z.string().optional().describe('A model of this server; its default without one.'),
  ...rendering,
  ...options,
});

export const TRANSCRIBE: UploadDescription = {
  summary: 'A recording in, its text out. With async=true a job, as POST /jobs.',
  parametersIn: 'both',
  parameters: parameters.extend({
    async: z.boolean().optional().describe('In the query: answer at once with a job.'),
  }),
  answers: { 'application/json': z.union([z.object({ text: z.string() }), verboseSchema]), ...plainAnswers },
};

export const SUBMIT_JOB: UploadDescription = {
  summary: 'A recording in, a job out that will bring its text.',
  parametersIn: 'both',
  parameters,
  answers: {},
};

export const errorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), field: z.string().optional() }),
});
