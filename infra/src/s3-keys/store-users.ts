import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { STORE_ROLES, storePolicyOf } from '@whisper/shared/contracts/permissions/store-policy';
import type { Role } from '@whisper/shared/contracts/role';
import { storeAccessKey, storeKeyFile } from '@whisper/shared/storage/store-keys';
import type { S3Settings } from '@whisper/shared/storage/s3-blob-store';
import { putUser, type MinioRoot } from './minio-admin.ts';

export type StoreKey = Pick<S3Settings, 'S3_ACCESS_KEY' | 'S3_SECRET_KEY'>;

/** What a role says to the store; empty, so that nothing is inherited, for one that has no business there. */
export type StoreKeys = (role: Role) => StoreKey;
/** As long as MinIO takes: 40 characters. */
const SECRET_BYTES = 20;
const NO_KEY: StoreKey = { S3_ACCESS_KEY: '', S3_SECRET_KEY: '' };

/**
 * A user for each role on a MinIO of ours, allowed what the role needs; secrets that are in the folder stay.
 * @throws Error with what MinIO answered
 */
export async function makeStoreUsers(root: MinioRoot, directory: string, bucket: string): Promise<StoreKeys> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const keys = new Map<Role, StoreKey>();
  for (const role of STORE_ROLES) {
    const secretKey = await secretOf(join(directory, storeKeyFile(role)));
    const accessKey = storeAccessKey(role);
    await putUser(root, { accessKey, secretKey, policy: storePolicyOf(role, bucket) });
    keys.set(role, { S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey });
  }
  return (role) => keys.get(role) ?? NO_KEY;
}

async function secretOf(path: string): Promise<string> {
  const stored = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (stored !== undefined) return stored.trim();
  const secret = randomBytes(SECRET_BYTES).toString('hex');
  await writeFile(path, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  return secret;
}
