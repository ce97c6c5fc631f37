import { z } from 'zod';
import { jobIdSchema, resultKeySchema, tenantSchema, timestampSchema } from './identifiers.ts';

/** The ends of a job that webhooks tell of. */
export const END_KINDS = ['completed', 'failed', 'cancelled'] as const;
export type EndKind = (typeof END_KINDS)[number];

export const DELIVERY_STATES = ['waiting', 'pending', 'delivered', 'undelivered'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** Of an address: 16 hex digits of its hash. */
export const endpointIdSchema = z.string().regex(/^[0-9a-f]{16}$/);

/** A job's end, as it is told. */
export const jobEndSchema = z.strictObject({
  kind: z.enum(END_KINDS),
  /** Of its event in `EVENTS`; 0 for an end that has none, since the text was there when the job was asked for. */
  sequence: z.int().nonnegative(),
  at: timestampSchema,
  data: z.record(z.string(), z.json()),
});
export type JobEnd = z.infer<typeof jobEndSchema>;

const attemptSchema = z.strictObject({
  at: timestampSchema,
  /** Of the answer, where there was one. */
  status: z.int().exactOptional(),
  /** Why it counts for nothing. */
  error: z.string().exactOptional(),
});
export type DeliveryAttempt = z.infer<typeof attemptSchema>;

/** Who wants to be told of a job's end, and how far that is; one entry in the bucket `webhooks`. */
export const deliverySchema = z.strictObject({
  version: z.literal(1),
  jobId: jobIdSchema,
  endpointId: endpointIdSchema,
  resultKey: resultKeySchema,
  /** Whose secret signs it, and who may see it. */
  tenant: tenantSchema,
  /** May hold a password: it is for the receiver alone. */
  url: z.string(),
  withText: z.boolean(),
  state: z.enum(DELIVERY_STATES),
  createdAt: timestampSchema,
  end: jobEndSchema.exactOptional(),
  /** Counts the ends of a job that was run anew after it had failed; each is told under an id of its own. */
  round: z.int().positive(),
  /** Since its end, or since somebody asked for it again. */
  attempts: z.int().nonnegative(),
  nextAttemptAt: timestampSchema.exactOptional(),
  /** No attempt begins later, but for the first. */
  giveUpAt: timestampSchema.exactOptional(),
  /** A process is at it until then. */
  claimedUntil: timestampSchema.exactOptional(),
  lastAttempt: attemptSchema.exactOptional(),
});
export type Delivery = z.infer<typeof deliverySchema>;

export const deliveryKey = (jobId: string, endpointId: string): string => `${jobId}.${endpointId}`;
export const deliveriesOfJob = (jobId: string): string => `${jobIdSchema.parse(jobId)}.*`;

/** As it is asked for by HTTP; ids of jobs have no end of their own, endpoints have 16 digits. */
export const deliveryId = ({ jobId, endpointId }: Pick<Delivery, 'jobId' | 'endpointId'>): string =>
  `wh_${jobId}_${endpointId}`;

/** @returns the key in the bucket, `undefined` for what is no id */
export function keyOfDelivery(id: string): string | undefined {
  const [, jobId, endpointId] = /^wh_([A-Za-z0-9_-]{1,64})_([0-9a-f]{16})$/.exec(id) ?? [];
  return jobId && endpointId ? deliveryKey(jobId, endpointId) : undefined;
}

/** What a receiver knows it by: the same at every attempt, another for another end of the job. */
export function webhookId(delivery: Delivery): string {
  return delivery.round === 1 ? deliveryId(delivery) : `${deliveryId(delivery)}_${delivery.round}`;
}

/** `whsec_` and 32 random bytes in base64, the newest first; one that was replaced signs for a while beside it. */
export const webhookSecretsSchema = z.strictObject({
  version: z.literal(1),
  secrets: z
    .array(
      z.strictObject({
        secret: z.string().regex(/^whsec_[A-Za-z0-9+/]+=*$/),
        createdAt: timestampSchema,
        validUntil: timestampSchema.exactOptional(),
      }),
    )
    .min(1),
});
export type WebhookSecrets = z.infer<typeof webhookSecretsSchema>;
