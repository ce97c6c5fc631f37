import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type Koa from 'koa';
import { refuseNonsense } from './refuse-nonsense.ts';

export interface ServerSettings {
  readonly host: string;
  readonly port: number;
  /** Requests in flight get this long to finish when the server stops. */
  readonly drainMs: number;
  /** Called when they did not: they must give up now. */
  readonly onDrainOver: () => void;
}

export interface RunningServer extends AsyncDisposable {
  readonly url: string;
}

/** Uploads may be long: what is bounded is their pace, not their duration. */
const HEADERS_TIMEOUT_MS = 15_000;
/** Node looks this seldom for heads that are overdue; left alone, every 30 s. */
const LOOK_FOR_OVERDUE_MS = 5_000;
const KEEP_ALIVE_MS = 15_000;
const GIVE_UP_MS = 2_000;

/** Listens; disposing stops taking requests, lets those in flight finish, and hangs up on the rest. */
export async function startServer(app: Koa, settings: ServerSettings): Promise<RunningServer> {
  const handle = app.callback();
  const onRequest = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    void handle(request, response);
  };
  const server = http.createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: LOOK_FOR_OVERDUE_MS,
      requestTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    onRequest,
  );
  server.on('clientError', refuseNonsense);
  // A client that asks before it sends its body gets the go-ahead only once it has been admitted.
  server.on('checkContinue', onRequest);
  server.listen(settings.port, settings.host);
  await once(server, 'listening');
  const { address, port } = server.address() as AddressInfo;
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${port}`,
    [Symbol.asyncDispose]: () => stop(server, settings),
  };
}

async function stop(server: http.Server, { drainMs, onDrainOver }: ServerSettings): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const over = new AbortController();
  const late = sleep(drainMs, undefined, { signal: over.signal }).then(async () => {
    onDrainOver();
    await sleep(GIVE_UP_MS);
    server.closeAllConnections();
  });
  late.catch(() => undefined); // aborted when everything finished in time
  await closed;
  over.abort();
}
