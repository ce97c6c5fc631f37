import { z } from 'zod';
import { DELIVERY_STATES, deliveryId, type Delivery } from '../contracts/webhook.ts';

/** A webhook as it is shown to whoever asks by HTTP; what is not known is `null`. */
export const deliveryViewSchema = z.object({
  id: z.string(),
  jobId: z.string(),
  url: z.string().describe('Without name and password.'),
  state: z
    .enum(DELIVERY_STATES)
    .describe('waiting for the end of the job, pending, delivered, or undelivered: given up'),
  event: z.string().nullable().describe('whisper.job.completed, .failed or .cancelled'),
  attempts: z.int(),
  lastAttempt: z
    .object({ at: z.string(), status: z.int().optional(), error: z.string().optional() })
    .nullable(),
  nextAttemptAt: z.string().nullable(),
  createdAt: z.string(),
});
export type DeliveryView = z.infer<typeof deliveryViewSchema>;

export function describeDelivery(delivery: Delivery): DeliveryView {
  const { attempts, createdAt, end, jobId, lastAttempt, nextAttemptAt, state } = delivery;
  return {
    ...{ id: deliveryId(delivery), jobId, url: withoutPassword(delivery.url), state },
    event: end ? `whisper.job.${end.kind}` : null,
    ...{ attempts, lastAttempt: lastAttempt ?? null, nextAttemptAt: nextAttemptAt ?? null, createdAt },
  };
}

function withoutPassword(address: string): string {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.href;
}
