import { z } from 'zod';
import { defineMessage } from './define-message.ts';
import { keyIdSchema } from './identifiers.ts';

const requestsSpentSchema = z.strictObject({
  version: z.literal(1),
  /** Who tells it. */
  ingestId: z.string(),
  /** Requests since it last told, by key. */
  spent: z.record(keyIdSchema, z.int().positive()),
});
export type RequestsSpent = z.infer<typeof requestsSpentSchema>;

/** ingest -> every other ingest: what limited keys have spent there, so that one limit holds for all together. */
export const requestsSpent = defineMessage<undefined, RequestsSpent>({
  name: 'requests-spent',
  filter: 'limits.requests',
  schema: requestsSpentSchema,
  subject: () => 'limits.requests',
});
