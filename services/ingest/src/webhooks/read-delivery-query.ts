import { z } from 'zod';
import { jobIdSchema } from '@whisper/shared/contracts/identifiers';
import { DELIVERY_STATES } from '@whisper/shared/contracts/webhook';
import { pageFields, readQuery, someOf } from '../http/page-query.ts';
import type { DeliveryFilter } from '@whisper/shared/webhooks/list-deliveries';

const querySchema = z.strictObject({
  job: jobIdSchema.optional(),
  state: someOf(DELIVERY_STATES),
  ...pageFields,
});

/**
 * What `GET /webhooks/deliveries` was asked for.
 * @throws PipelineError `invalid_option`, `unknown_field`
 */
export function readDeliveryQuery(query: unknown): Omit<DeliveryFilter, 'tenant'> {
  const { after: before, job: jobId, limit, state: states } = readQuery(querySchema, query);
  return { jobId, states, limit, before };
}
