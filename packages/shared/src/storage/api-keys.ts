import type { Bus } from '../bus/connect.ts';
import { apiKeySchema, type ApiKey } from '../contracts/api-key.ts';
import { PipelineError } from '../contracts/errors.ts';
import { keyIdSchema } from '../contracts/identifiers.ts';
import { BUCKETS } from '../contracts/topology.ts';
import { openJsonBucket, type JsonBucket } from './json-bucket.ts';

/** The keys that there are, revoked and expired ones too. */
export interface ApiKeys {
  readonly bucket: JsonBucket<ApiKey>;
  readonly add: (key: ApiKey) => Promise<void>;
  /** Oldest first. */
  readonly list: () => Promise<readonly ApiKey[]>;
  /** @throws PipelineError `unknown_key` */
  readonly get: (keyId: string) => Promise<ApiKey>;
  /**
   * Takes a key out of use, for good; again changes nothing.
   * @throws PipelineError `unknown_key`
   */
  readonly revoke: (keyId: string) => Promise<ApiKey>;
}

export async function openApiKeys(bus: Bus): Promise<ApiKeys> {
  const bucket = await openJsonBucket(bus, BUCKETS.keys.name, apiKeySchema);
  return {
    bucket,
    add: async (key) => {
      if ((await bucket.create(key.keyId, key)) === undefined) throw new Error('a key id came up twice');
    },
    list: () => list(bucket),
    get: async (keyId) => (await find(bucket, keyId)).value,
    revoke: (keyId) => revoke(bucket, keyId),
  };
}

async function list(bucket: JsonBucket<ApiKey>): Promise<readonly ApiKey[]> {
  const keys: ApiKey[] = [];
  for await (const keyId of await bucket.kv.keys()) {
    const found = await bucket.get(keyId);
    if (found) keys.push(found.value);
  }
  return keys.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

async function find(bucket: JsonBucket<ApiKey>, keyId: string): Promise<{ value: ApiKey; revision: number }> {
  const found = keyIdSchema.safeParse(keyId).success ? await bucket.get(keyId) : undefined;
  if (found) return found;
  throw new PipelineError('unknown_key', `there is no key "${keyId}"`);
}

async function revoke(bucket: JsonBucket<ApiKey>, keyId: string): Promise<ApiKey> {
  for (;;) {
    const { revision, value } = await find(bucket, keyId);
    if (value.revokedAt !== undefined) return value;
    const revoked = { ...value, revokedAt: new Date().toISOString() };
    if ((await bucket.update(keyId, revoked, revision)) !== undefined) return revoked;
  }
}
