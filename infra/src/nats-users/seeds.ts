import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nkeys } from '@nats-io/transport-node';
import { seedFileName } from '@whisper/shared/bus/credentials';
import { ROLES, type Role } from '@whisper/shared/contracts/role';

/** The identity of one role: who has the seed is that user; the server knows the public half alone. */
export interface NatsUser {
  readonly role: Role;
  readonly publicKey: string;
  readonly seedFile: string;
}

const PRIVATE_FOLDER = 0o700;
const PRIVATE_FILE = 0o600;

export const seedFileOf = (directory: string, role: Role): string => join(directory, seedFileName(role));

/** A user for each role; seeds that are there stay as they are. */
export async function makeNatsUsers(directory: string): Promise<readonly NatsUser[]> {
  await mkdir(directory, { recursive: true, mode: PRIVATE_FOLDER });
  return Promise.all(
    ROLES.map(async (role) => {
      const seedFile = seedFileOf(directory, role);
      const seed = (await readSeed(seedFile)) ?? (await makeSeed(seedFile));
      return { role, seedFile, publicKey: nkeys.fromSeed(seed).getPublicKey() };
    }),
  );
}

async function readSeed(path: string): Promise<Uint8Array | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  await chmod(path, PRIVATE_FILE);
  return new TextEncoder().encode(text.trim());
}

async function makeSeed(path: string): Promise<Uint8Array> {
  const seed = nkeys.createUser().getSeed();
  await writeFile(path, `${new TextDecoder().decode(seed)}\n`, { mode: PRIVATE_FILE, flag: 'wx' });
  return seed;
}
