import { createHash, randomBytes } from 'node:crypto';
import { showKey, type ApiKey } from '../contracts/api-key.ts';

const SECRET_BYTES = 32;
const ID_BYTES = 6;

/** What its maker says of a key. */
export type KeyTerms = Omit<ApiKey, 'version' | 'keyId' | 'secretSha256' | 'createdAt' | 'revokedAt'>;

export interface NewApiKey {
  readonly key: ApiKey;
  /** The key as its holder sends it. It is kept nowhere. */
  readonly shown: string;
}

export function newApiKey(terms: KeyTerms): NewApiKey {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const keyId = randomBytes(ID_BYTES).toString('hex');
  const secretSha256 = digestOfSecret(secret).toString('hex');
  const createdAt = new Date().toISOString();
  return { key: { version: 1, keyId, secretSha256, createdAt, ...terms }, shown: showKey(keyId, secret) };
}

/** 32 bytes. */
export function digestOfSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
