import { z } from 'zod';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { jobIdSchema, modelNameSchema } from '@whisper/shared/contracts/identifiers';
import { JOB_STATES } from '@whisper/shared/contracts/job-record';
import type { JobFilter } from '@whisper/shared/jobs/list-jobs';

const MAX_LIMIT = 200;

const querySchema = z.strictObject({
  state: z
    .string()
    .transform((states) => states.split(','))
    .pipe(z.array(z.enum(JOB_STATES)))
    .optional(),
  model: modelNameSchema.optional(),
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(1).max(MAX_LIMIT))
    .default(50),
  /** `next` of the page before. */
  after: z
    .string()
    .regex(/^\d{1,15}$/, 'must be "next" of the page before')
    .transform(Number)
    .optional(),
});

/**
 * What `GET /jobs` was asked for.
 * @throws PipelineError `invalid_option`, `unknown_field`, with the field
 */
export function readJobQuery(query: unknown): JobFilter {
  const parsed = querySchema.safeParse({ ...(query as object) });
  if (parsed.success) {
    const { state: states, model, limit, after: before } = parsed.data;
    return { states, model, limit, before };
  }
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    const known = Object.keys(querySchema.shape).join(', ');
    throw new PipelineError('unknown_field', `there is no such parameter; there are: ${known}`);
  }
  const field = String(issue?.path[0] ?? '');
  throw new PipelineError('invalid_option', `${field}: ${issue?.message ?? 'invalid'}`, { field });
}

/** @throws PipelineError `unknown_job` for what cannot be an id: whoever guesses learns nothing */
export function readJobId(given: string | undefined): string {
  const parsed = jobIdSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new PipelineError('unknown_job', 'there is no such job');
}
