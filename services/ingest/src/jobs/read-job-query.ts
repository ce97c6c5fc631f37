import { z } from 'zod';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { jobIdSchema, modelNameSchema } from '@whisper/shared/contracts/identifiers';
import { JOB_STATES } from '@whisper/shared/contracts/job-record';
import type { JobFilter } from '@whisper/shared/jobs/list-jobs';
import { pageFields, readQuery, someOf } from '../http/page-query.ts';

const querySchema = z.strictObject({
  state: someOf(JOB_STATES),
  model: modelNameSchema.optional(),
  ...pageFields,
});

/**
 * What `GET /jobs` was asked for.
 * @throws PipelineError `invalid_option`, `unknown_field`, with the field
 */
export function readJobQuery(query: unknown): JobFilter {
  const { after: before, limit, model, state: states } = readQuery(querySchema, query);
  return { states, model, limit, before };
}

/** @throws PipelineError `unknown_job` for what cannot be an id: whoever guesses learns nothing */
export function readJobId(given: string | undefined): string {
  const parsed = jobIdSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new PipelineError('unknown_job', 'there is no such job');
}
