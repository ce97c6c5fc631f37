import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Received {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Somebody who is told by webhook: a real server on this machine. */
export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** What has come, whatever it was answered. */
  readonly received: readonly Received[];
}

type Answer = (response: http.ServerResponse, request: http.IncomingMessage) => void;

export async function startReceiver(
  answer: Answer = (response) => response.writeHead(204).end(),
  port = 0,
): Promise<Receiver> {
  const received: Received[] = [];
  const server = http.createServer((request, response) => {
    response.on('error', () => undefined); // hung up on
    void text(request).then((body) => {
      received.push({ headers: request.headers as Record<string, string>, body });
      answer(response, request);
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: listening } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${listening}/hook`,
    port: listening,
    received,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
