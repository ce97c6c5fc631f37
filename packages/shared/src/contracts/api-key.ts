import { z } from 'zod';
import { keyIdSchema, sha256Schema, tenantSchema, timestampSchema } from './identifiers.ts';

/**
 * What a key may do: send audio (`transcribe`), look at its tenant's jobs and results (`read`), end and erase them
 * (`erase`), see the whole system's state (`admin`).
 */
export const KEY_SCOPES = ['transcribe', 'read', 'erase', 'admin'] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];
export const DEFAULT_SCOPES: readonly KeyScope[] = ['transcribe', 'read', 'erase'];

/** Jobs of a key that are looked up to see whether one has ended: more would cost too much. */
const MAX_JOBS_IN_FLIGHT = 1_000;

/** Each without a limit when it is missing. */
export const keyLimitsSchema = z.strictObject({
  requestsPerMinute: z.int().min(1).max(1_000_000).exactOptional(),
  jobsInFlight: z.int().min(1).max(MAX_JOBS_IN_FLIGHT).exactOptional(),
  audioSecondsPerDay: z.int().min(1).max(1_000_000_000).exactOptional(),
});
export type KeyLimits = z.infer<typeof keyLimitsSchema>;

/** One entry in the bucket `keys`: everything about a key but its secret. */
export const apiKeySchema = z.strictObject({
  version: z.literal(1),
  keyId: keyIdSchema,
  /** For people. */
  name: z.string().min(1).max(100),
  tenant: tenantSchema,
  /** Of the secret's text: it has 256 random bits, so nothing slower is needed. */
  secretSha256: sha256Schema,
  scopes: z.array(z.enum(KEY_SCOPES)).min(1),
  limits: keyLimitsSchema,
  /** Where the ends of its jobs are told, unless a request says otherwise. */
  webhook: z.strictObject({ url: z.url({ protocol: /^https?$/ }).max(2_000) }).exactOptional(),
  createdAt: timestampSchema,
  expiresAt: timestampSchema.exactOptional(),
  revokedAt: timestampSchema.exactOptional(),
});
export type ApiKey = z.infer<typeof apiKeySchema>;

export type KeyState = 'valid' | 'revoked' | 'expired';

export function keyState({ expiresAt, revokedAt }: ApiKey, now: Date): KeyState {
  if (revokedAt !== undefined) return 'revoked';
  return expiresAt !== undefined && Date.parse(expiresAt) <= now.getTime() ? 'expired' : 'valid';
}

/** What every key of ours begins with, so that it is known for one wherever it turns up. */
export const KEY_PREFIX = 'ws_';
/** `ws_<id>_<secret>`: 32 random bytes in base64url. */
const SHOWN_KEY = /^ws_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$/;

export const showKey = (keyId: string, secret: string): string => `${KEY_PREFIX}${keyId}_${secret}`;

/** @returns the parts of a key as its holder has it; `undefined` for what is none */
export function readShownKey(shown: string): { keyId: string; secret: string } | undefined {
  const [, keyId, secret] = SHOWN_KEY.exec(shown) ?? [];
  return keyId !== undefined && secret !== undefined ? { keyId, secret } : undefined;
}
