import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nkeys } from '@nats-io/transport-node';
import { makeNatsUsers } from '@whisper/infra/nats-users/seeds';
import { authorizationBlock } from '@whisper/infra/nats-users/server-config';

export interface TestUsers {
  readonly authorization: string;
  /** The folder with the seeds of all roles. */
  readonly directory: string;
  /** Seed of one more user, who may do everything: the test itself. */
  readonly tester: string;
}

/** The doors as `npm start` has them, and one key for the test. */
export async function makeTestUsers(dataDirectory: string): Promise<TestUsers> {
  const directory = join(dataDirectory, 'nats-users');
  const users = await makeNatsUsers(directory);
  const key = nkeys.createUser();
  const tester = join(directory, 'tester.nk');
  await writeFile(tester, key.getSeed(), { mode: 0o600 });
  return {
    directory,
    tester,
    authorization: authorizationBlock(users, [`    { nkey: ${key.getPublicKey()} }`]),
  };
}
