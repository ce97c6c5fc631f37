import { z } from 'zod';
import { ownDialect } from '../dialects/own/own-dialect.ts';
import { deliveryViewSchema } from '@whisper/shared/webhooks/describe-delivery';
import { jsonBody, pathParameters, type Operation, type Paths } from './operation.ts';

const secretsSchema = z.object({
  secrets: z.array(z.string()).describe('The newest first; one that was replaced signs for a day beside it.'),
});

const operation = (
  summary: string,
  answer: z.ZodType,
  { parameters = [], status = '200' }: { parameters?: Operation['parameters']; status?: string } = {},
): Operation => ({
  tags: [ownDialect.name],
  summary,
  parameters,
  responses: {
    [status]: { description: 'The answer', content: jsonBody(answer) },
    default: { description: 'What went wrong', content: jsonBody(ownDialect.errorSchema) },
  },
});

const query = (name: string, description: string): Operation['parameters'][number] => ({
  name,
  in: 'query',
  description,
  schema: { type: 'string' },
});

const id = pathParameters('/webhooks/deliveries/{id}');

/** Who was told of which job, and who was not. */
export const WEBHOOK_OPERATIONS: Paths = {
  '/webhooks/deliveries': {
    get: operation(
      'Webhooks, the latest changed first',
      z.object({ deliveries: z.array(deliveryViewSchema), next: z.string().nullable() }),
      {
        parameters: [
          query('job', 'of this job only'),
          query('state', 'one or more, separated by commas'),
          query('limit', 'at the most so many'),
          query('after', '"next" of the page before'),
        ],
      },
    ),
  },
  '/webhooks/deliveries/{id}': {
    get: operation('A webhook: how far its delivery is', deliveryViewSchema, { parameters: id }),
  },
  '/webhooks/deliveries/{id}/redeliver': {
    post: operation('Delivers a webhook once more, under the same id', deliveryViewSchema, {
      parameters: id,
      status: '202',
    }),
  },
  '/webhooks/secret': { get: operation('What webhooks are signed with', secretsSchema) },
  '/webhooks/secret/rotate': {
    post: operation('A new secret, which signs beside the old one for a day', secretsSchema),
  },
};
