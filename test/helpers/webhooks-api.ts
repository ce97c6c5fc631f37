import { z } from 'zod';

const deliverySchema = z.strictObject({
  id: z.string(),
  jobId: z.string(),
  url: z.string(),
  state: z.enum(['waiting', 'pending', 'delivered', 'undelivered']),
  event: z.string().nullable(),
  attempts: z.int(),
  lastAttempt: z
    .strictObject({ at: z.string(), status: z.int().optional(), error: z.string().optional() })
    .nullable(),
  nextAttemptAt: z.string().nullable(),
  createdAt: z.string(),
});
export type ShownDelivery = z.infer<typeof deliverySchema>;
const pageSchema = z.strictObject({ deliveries: z.array(deliverySchema), next: z.string().nullable() });
const secretsSchema = z.strictObject({ secrets: z.array(z.string().startsWith('whsec_')) });

async function ask<T>(schema: z.ZodType<T>, url: string, method = 'GET'): Promise<T> {
  return schema.parse(await (await fetch(url, { method })).json());
}

/** The routes below `/webhooks`, as a client uses them. */
export const webhooksApi = {
  list: (url: string, query = ''): Promise<z.infer<typeof pageSchema>> =>
    ask(pageSchema, `${url}/webhooks/deliveries${query}`),
  ofJob: async (url: string, jobId: string): Promise<ShownDelivery | undefined> =>
    (await webhooksApi.list(url, `?job=${jobId}`)).deliveries[0],
  redeliver: (url: string, id: string): Promise<ShownDelivery> =>
    ask(deliverySchema, `${url}/webhooks/deliveries/${id}/redeliver`, 'POST'),
  secrets: async (url: string): Promise<readonly string[]> =>
    (await ask(secretsSchema, `${url}/webhooks/secret`)).secrets,
  rotate: async (url: string): Promise<readonly string[]> =>
    (await ask(secretsSchema, `${url}/webhooks/secret/rotate`, 'POST')).secrets,
};
