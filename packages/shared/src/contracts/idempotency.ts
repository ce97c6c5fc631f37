import { createHash, createHmac } from 'node:crypto';
import { z } from 'zod';
import { jobIdSchema, sha256Schema, tenantSchema } from './identifiers.ts';

/** What a client sends as `Idempotency-Key`: visible ASCII. */
export const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters');

/** Which job a key stands for; one entry in the bucket `idempotency`. */
export const idempotencySchema = z.strictObject({
  version: z.literal(1),
  /** Of the request that came with the key first. */
  fingerprint: sha256Schema,
  /** Chosen before the job is submitted: whoever comes after a crash submits it under this id. */
  jobId: jobIdSchema,
});
export type Idempotency = z.infer<typeof idempotencySchema>;

/** A tenant's key; what the client chose may say something, so its digest stands for it. */
export function idempotencyEntry(tenant: string, key: string): string {
  return `${tenantSchema.parse(tenant)}.${createHash('sha256').update(key).digest('hex')}`;
}

/** Stands for everything that a request says; without the client's key nobody can tell what that was. */
export function requestFingerprint(key: string, said: readonly unknown[]): string {
  return createHmac('sha256', key).update(JSON.stringify(said)).digest('hex');
}
