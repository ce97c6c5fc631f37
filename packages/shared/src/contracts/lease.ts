import { z } from 'zod';

/** Key in the bucket `leases` of the one scheduler that acts; the others stand by. */
export const SCHEDULER_LEASE_KEY = 'scheduler';
/** Renewed this often; who stands by takes over when it has seen no renewal for the time to live, by its own clock. */
export const LEASE_RENEW_MS = 300;
export const LEASE_TTL_MS = 1_100;

/** Who leads; an empty holder has stepped down. */
export const leaseSchema = z.strictObject({
  version: z.literal(1),
  holder: z.string(),
  term: z.int().positive(),
});
export type LeaseEntry = z.infer<typeof leaseSchema>;
