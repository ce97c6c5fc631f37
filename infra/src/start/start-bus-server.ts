import { join } from 'node:path';
import type { CredentialSettings } from '@whisper/shared/bus/credentials';
import type { Role } from '@whisper/shared/contracts/role';
import { makeNatsUsers, seedFileOf } from '../nats-users/seeds.ts';
import { authorizationBlock } from '../nats-users/server-config.ts';
import { preferPort } from '../processes/free-port.ts';
import { startNatsServer } from '../processes/start-nats-server.ts';
import { findNatsServer } from '../servers/find-nats-server.ts';
import { findOptions, type StartContext } from './start-context.ts';

/** The NATS to use, and how each role says who it is. */
export interface BusServer {
  readonly url: string;
  readonly credentials: (role: Role) => CredentialSettings;
}

/** The operator's NATS with what the environment says, or one of our own with a user for each role. */
export async function startBusServer(context: StartContext): Promise<BusServer> {
  const { settings, say } = context;
  if (settings.NATS_URL !== undefined) return { url: settings.NATS_URL, credentials: () => ({}) };
  const port = await preferPort(settings.NATS_PORT);
  if (port !== settings.NATS_PORT) say(`Port ${settings.NATS_PORT} is taken: NATS listens on ${port}`);
  const directory = join(settings.DATA_DIR, 'nats-users');
  const url = await startOwnServer(context, port, authorizationBlock(await makeNatsUsers(directory)));
  return { url, credentials: (role) => ({ NATS_NKEY_SEED_FILE: seedFileOf(directory, role) }) };
}

async function startOwnServer(context: StartContext, port: number, authorization: string): Promise<string> {
  const { settings, env, say, shutdown } = context;
  const server = await startNatsServer({
    binary: await findNatsServer(findOptions(context)),
    port,
    dataDirectory: settings.DATA_DIR,
    env,
    authorization,
    onLine: say,
    signal: shutdown.signal,
  });
  shutdown.add('servers', {
    name: 'nats-server',
    stop: async () => {
      await server[Symbol.asyncDispose]();
    },
    kill: () => {
      server.process.kill();
    },
  });
  return server.url;
}
