/** `npm run nats-users -- <folder>`: seeds for the services and the configuration for an operator's own nats-server. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { startSettings } from './config.ts';
import { makeNatsUsers } from './nats-users/seeds.ts';
import { authorizationBlock } from './nats-users/server-config.ts';

const directory = resolve(process.argv[2] ?? join(startSettings.DATA_DIR, 'nats-users'));
await mkdir(directory, { recursive: true, mode: 0o700 });
const users = await makeNatsUsers(directory);
const configFile = join(directory, 'authorization.conf');
await writeFile(configFile, authorizationBlock(users), { mode: 0o600 });
process.stdout.write(
  [
    `Include in nats-server's configuration:  include ${JSON.stringify(configFile)}`,
    'and give each process the seed of its role:',
    ...users.map(({ role, seedFile }) => `  ${role.padEnd(12)} NATS_NKEY_SEED_FILE=${seedFile}`),
    '',
  ].join('\n'),
);
