import { buffer } from 'node:stream/consumers';
import { Client } from 'minio';
import type { StorePolicy } from '@whisper/shared/contracts/permissions/store-policy';
import { retry } from '@whisper/shared/kit/retry';
import { seal } from './seal.ts';

/** A MinIO, and the key that may do everything there. */
export interface MinioRoot {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

export interface StoreUser {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly policy: StorePolicy;
}

/** MinIO lets every user make keys of its own and change its secret, unless that is denied. */
const NO_ADMINISTRATION = { Sid: 'NoAdmin', Effect: 'Deny', Action: ['admin:*'] };

const BUDGET_MS = 30_000;

/**
 * A MinIO that starts takes calls while it still reads its users from disk, and then forgets the policies that it was
 * given meanwhile.
 */
const isForgotten = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('XMinioAdminNoSuchPolicy');

/**
 * Makes a user that may do what its policy says and no more, or makes the one that is there so. Users, not service
 * accounts: those of one parent may delete each other. The admin API of MinIO and its forks: the client has no call for
 * it, but signs requests to it.
 * @throws Error with what MinIO answered
 */
export function putUser(root: MinioRoot, user: StoreUser): Promise<void> {
  return retry(() => putOnce(root, user), { budgetMs: BUDGET_MS, isFinal: (error) => !isForgotten(error) });
}

async function putOnce(root: MinioRoot, { accessKey, policy, secretKey }: StoreUser): Promise<void> {
  const rules = { ...policy, Statement: [...policy.Statement, NO_ADMINISTRATION] };
  const user = seal(root.secretKey, json({ secretKey, status: 'enabled' }));
  await ask(root, 'add-canned-policy', { name: accessKey }, json(rules));
  await ask(root, 'add-user', { accessKey }, user);
  const attached = { policyName: accessKey, userOrGroup: accessKey, isGroup: 'false' };
  await ask(root, 'set-user-or-group-policy', attached, Buffer.alloc(0));
}

const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));

/** The client takes what is no success apart as XML, which these answers are not. */
const ANY_STATUS = Array.from({ length: 500 }, (_, at) => 100 + at);
const OK = 200;

async function ask(
  root: MinioRoot,
  call: string,
  query: Readonly<Record<string, string>>,
  body: Buffer,
): Promise<void> {
  const named = { bucketName: 'minio', objectName: `admin/v3/${call}` };
  const options = { method: 'PUT', ...named, query: new URLSearchParams(query).toString() };
  const response = await connect(root).makeRequestAsync(options, body, ANY_STATUS);
  const answer = await buffer(response);
  if (response.statusCode === OK) return;
  throw new Error(`MinIO answers ${call} with ${response.statusCode ?? 0}: ${answer.toString('utf8')}`);
}

function connect({ accessKey, endpoint, secretKey }: MinioRoot): Client {
  const { hostname, port } = new URL(endpoint);
  return new Client({
    endPoint: hostname,
    port: Number(port),
    useSSL: false,
    region: 'us-east-1',
    accessKey,
    secretKey,
  });
}
