import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type Koa from 'koa';
import type { Logger } from '@whisper/shared/kit/logger';
import { followCertificate, readCertificate, type CertificateFiles } from './certificate.ts';
import { refuseNonsense } from './refuse-nonsense.ts';

export interface ServerSettings {
  readonly host: string;
  readonly port: number;
  /** HTTPS with these, HTTP without. */
  readonly certificate?: CertificateFiles | undefined;
  readonly log: Logger;
  /** Called when no new connections are taken any more. */
  readonly onClosing: () => void;
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
/**
 * Between the word that we stop and the end of idle connections: who uses one meanwhile is answered and told to leave
 * it, so that hardly anybody is just writing on it when it ends.
 */
const FAREWELL_MS = 1_000;

/** Listens; disposing stops taking requests after a farewell, lets those in flight finish, and hangs up on the rest. */
export async function startServer(app: Koa, settings: ServerSettings): Promise<RunningServer> {
  const handle = app.callback();
  const onRequest = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    void handle(request, response);
  };
  const { scheme, server, following } = await createServer(settings);
  server.on('request', onRequest);
  server.on('clientError', refuseNonsense);
  // A client that asks before it sends its body gets the go-ahead only once it has been admitted.
  server.on('checkContinue', onRequest);
  server.listen(settings.port, settings.host);
  await once(server, 'listening');
  const { address, port } = server.address() as AddressInfo;
  return {
    url: `${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`,
    [Symbol.asyncDispose]: () => {
      following?.[Symbol.dispose]();
      return stop(server, settings);
    },
  };
}

interface Created {
  readonly scheme: 'http' | 'https';
  readonly server: http.Server | https.Server;
  /** Looks whether the certificate is renewed. */
  readonly following?: Disposable;
}

async function createServer({ certificate, log }: ServerSettings): Promise<Created> {
  const limits = {
    headersTimeout: HEADERS_TIMEOUT_MS,
    connectionsCheckingInterval: LOOK_FOR_OVERDUE_MS,
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  if (!certificate) return { scheme: 'http', server: http.createServer(limits) };
  const server = https.createServer({
    ...limits,
    ...(await readCertificate(certificate)),
    minVersion: 'TLSv1.2',
  });
  return { scheme: 'https', server, following: await followCertificate(server, certificate, log) };
}

async function stop(
  server: http.Server | https.Server,
  { drainMs, onClosing, onDrainOver }: ServerSettings,
): Promise<void> {
  await sleep(FAREWELL_MS);
  onClosing();
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
