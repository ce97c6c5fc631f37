import { z } from 'zod';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { jobIdSchema } from '@whisper/shared/contracts/identifiers';
import { DELIVERY_STATES } from '@whisper/shared/contracts/webhook';
import type { DeliveryFilter } from './list-deliveries.ts';

const MAX_LIMIT = 200;

const querySchema = z.strictObject({
  job: jobIdSchema.optional(),
  state: z
    .string()
    .transform((states) => states.split(','))
    .pipe(z.array(z.enum(DELIVERY_STATES)))
    .optional(),
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(1).max(MAX_LIMIT))
    .default(50),
  after: z
    .string()
    .regex(/^\d{1,15}$/, 'must be "next" of the page before')
    .transform(Number)
    .optional(),
});

/**
 * What `GET /webhooks/deliveries` was asked for.
 * @throws PipelineError `invalid_option`, `unknown_field`
 */
export function readDeliveryQuery(query: unknown): Omit<DeliveryFilter, 'tenant'> {
  const parsed = querySchema.safeParse({ ...(query as object) });
  if (parsed.success) {
    const { after: before, job: jobId, limit, state: states } = parsed.data;
    return { jobId, states, limit, before };
  }
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    const known = Object.keys(querySchema.shape).join(', ');
    throw new PipelineError('unknown_field', `there is no such parameter; there are: ${known}`);
  }
  const field = String(issue?.path[0] ?? '');
  throw new PipelineError('invalid_option', `${field}: ${issue?.message ?? 'invalid'}`, { field });
}
