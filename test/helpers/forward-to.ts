import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';

export interface Door extends AsyncDisposable {
  readonly url: string;
}

/** A door before a server: each request waits for `before`, and then goes through as it came. */
export async function forwardTo(
  target: string,
  before: (incoming: IncomingMessage) => Promise<void>,
): Promise<Door> {
  const { hostname, port } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    const { headers, method, url: path } = incoming;
    const forward = async (): Promise<void> => {
      await before(incoming);
      const behind = request({ hostname, port, path, method, headers });
      const [[answer]] = await Promise.all([
        once(behind, 'response') as Promise<[IncomingMessage]>,
        pipeline(incoming, behind),
      ]);
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
      await pipeline(answer, outgoing);
    };
    forward().catch((error: unknown) => outgoing.destroy(error as Error));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
