import { buffer } from 'node:stream/consumers';
import type { Client } from 'minio';
import { BLOB_PREFIXES } from '@whisper/shared/contracts/blob-prefixes';

export const BUCKET = 'audio';
/** A bucket of somebody else. */
export const FOREIGN = 'foreign';
const { accepted, audio, inputs, results } = BLOB_PREFIXES;
/** Those that have a meaning, and one that has none. */
export const PREFIXES = [accepted, audio, inputs, 'other/', results];

/** Below which prefixes a key may do what, and what with the bucket as a whole. */
export interface Rights {
  readonly get: readonly string[];
  readonly put: readonly string[];
  readonly delete: readonly string[];
  readonly bucket: readonly string[];
}

const rule = { ID: 'all', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 1 } };
const open = (policy: object): string => JSON.stringify(policy);

/** Acts on buckets; nobody but the provisioner has business with the bucket as a whole. */
const ON_BUCKETS: Readonly<Record<string, (client: Client) => Promise<unknown>>> = {
  list: (client) => listed(client, BUCKET),
  'set lifecycle': (client) => client.setBucketLifecycle(BUCKET, { Rule: [rule] }),
  'remove lifecycle': (client) => client.removeBucketLifecycle(BUCKET),
  'open to all': (client) =>
    client.setBucketPolicy(
      BUCKET,
      open({
        Version: '2012-10-17',
        Statement: [
          {
            ...{ Effect: 'Allow', Principal: { AWS: ['*'] } },
            ...{ Action: ['s3:GetObject'], Resource: [`arn:aws:s3:::${BUCKET}/*`] },
          },
        ],
      }),
    ),
  'keep versions': (client) => client.setBucketVersioning(BUCKET, { Status: 'Enabled' }),
  'remove the bucket': (client) => client.removeBucket(BUCKET),
  'make another': (client) => client.makeBucket('another'),
  'list another': (client) => listed(client, FOREIGN),
  'read another': async (client) => buffer(await client.getObject(FOREIGN, `${audio}x`)),
};

async function listed(client: Client, bucket: string): Promise<void> {
  for await (const _ of client.listObjectsV2(bucket, '', true)) continue;
}

async function isAllowed(act: Promise<unknown>): Promise<boolean> {
  try {
    await act;
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'AccessDenied' || code === 'InvalidAccessKeyId') return false;
    throw error;
  }
}

async function whichAllowed<Name extends string>(
  names: readonly Name[],
  act: (name: Name) => Promise<unknown>,
): Promise<readonly Name[]> {
  const allowed: Name[] = [];
  for (const name of names) if (await isAllowed(act(name))) allowed.push(name);
  return allowed;
}

/** What a key can do, by trying it. In this order: what is put and deleted was not there before. */
export async function rightsOf(client: Client): Promise<Rights> {
  const on = (act: (key: string) => Promise<unknown>, name: string): Promise<readonly string[]> =>
    whichAllowed(PREFIXES, (prefix) => act(prefix + name));
  return {
    get: await on(async (key) => buffer(await client.getObject(BUCKET, key)), 'x'),
    put: await on((key) => client.putObject(BUCKET, key, 'mine'), 'mine'),
    delete: await on((key) => client.removeObject(BUCKET, key), 'mine'),
    bucket: await whichAllowed(Object.keys(ON_BUCKETS), async (name) => ON_BUCKETS[name]?.(client)),
  };
}
