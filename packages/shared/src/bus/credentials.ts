import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  credsAuthenticator,
  nkeyAuthenticator,
  usernamePasswordAuthenticator,
  type Authenticator,
} from '@nats-io/transport-node';
import type { Role } from '../contracts/role.ts';

/** In the folder of seeds. */
export const seedFileName = (role: Role): string => `${role}.nk`;

export interface CredentialSettings {
  /** Seed of an nkey user, as `infra` makes them. */
  readonly NATS_NKEY_SEED_FILE?: string | undefined;
  /** Where infra wrote the seeds of all roles: each process takes its own. */
  readonly NATS_NKEYS_DIR?: string | undefined;
  /** JWT and seed, where the cluster has an operator of that kind. */
  readonly NATS_CREDS_FILE?: string | undefined;
  readonly NATS_USER?: string | undefined;
  readonly NATS_PASSWORD?: string | undefined;
}

/**
 * How this process says who it is; none where nothing is set. Files are read at each connection, so that a renewed one
 * counts from the next.
 */
export function authenticatorOf(settings: CredentialSettings, role: Role): Authenticator | undefined {
  const { NATS_NKEY_SEED_FILE: seed, NATS_CREDS_FILE: creds, NATS_USER: user } = settings;
  if (seed) return nkeyAuthenticator(reader('NATS_NKEY_SEED_FILE', seed));
  if (settings.NATS_NKEYS_DIR)
    return nkeyAuthenticator(reader('NATS_NKEYS_DIR', join(settings.NATS_NKEYS_DIR, seedFileName(role))));
  if (creds) return credsAuthenticator(reader('NATS_CREDS_FILE', creds));
  if (user) return usernamePasswordAuthenticator(user, settings.NATS_PASSWORD ?? '');
  return undefined;
}

/** Read once before anything is dialled: a file that is not there is told at the start. */
function reader(setting: string, path: string): () => Uint8Array {
  const read = (): Uint8Array => new TextEncoder().encode(readFileSync(path, 'utf8').trim());
  try {
    read();
  } catch (cause) {
    throw new Error(`${setting}: ${path} cannot be read`, { cause });
  }
  return read;
}
