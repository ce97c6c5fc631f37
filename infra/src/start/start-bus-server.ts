import { preferPort } from '../processes/free-port.ts';
import { startNatsServer } from '../processes/start-nats-server.ts';
import { findNatsServer } from '../servers/find-nats-server.ts';
import { findOptions, type StartContext } from './start-context.ts';

/** The URL of the NATS to use: the operator's, or one of our own. */
export async function startBusServer(context: StartContext): Promise<string> {
  const { settings, env, say, shutdown } = context;
  if (settings.NATS_URL !== undefined) return settings.NATS_URL;
  const binary = await findNatsServer(findOptions(context));
  const port = await preferPort(settings.NATS_PORT);
  if (port !== settings.NATS_PORT) say(`Port ${settings.NATS_PORT} is taken: NATS listens on ${port}`);
  const server = await startNatsServer({
    binary,
    port,
    dataDirectory: settings.DATA_DIR,
    env,
    user: settings.NATS_USER,
    password: settings.NATS_PASSWORD,
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
