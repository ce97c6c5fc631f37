import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { createToxics, type Direction, type Toxics } from './toxics.ts';

/** A TCP relay to one server, which can be made slow, silent and rude while it runs. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  readonly toxics: Toxics;
  /** Ends every connection at once, as a firewall does (RST). */
  readonly resetAll: () => void;
}

export async function startTcpProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<TcpProxy> {
  const toxics = createToxics();
  const open = new Set<Socket>();
  const keep = (socket: Socket): void => {
    open.add(socket.setNoDelay(true));
    socket.on('error', () => undefined).once('close', () => open.delete(socket));
  };
  const server = createServer((client) => {
    const upstream = connect(target);
    keep(client);
    keep(upstream);
    join(client, upstream, toxics);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const resetAll = (): void => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    toxics,
    resetAll,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      toxics.heal();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

function join(client: Socket, upstream: Socket, toxics: Toxics): void {
  const end = (): void => {
    client.destroy();
    upstream.destroy();
  };
  upstream.once('error', () => client.resetAndDestroy());
  void relay({ from: client, to: upstream, direction: 'up' }, toxics).catch(end);
  void relay({ from: upstream, to: client, direction: 'down' }, toxics).catch(end);
}

interface Stretch {
  readonly from: Socket;
  readonly to: Socket;
  readonly direction: Direction;
}

/** Passes on what comes, as late and as slowly as the toxics have it. */
async function relay({ from, to, direction }: Stretch, toxics: Toxics): Promise<void> {
  const tripwire = toxics.tripwire(direction);
  for await (const chunk of from as AsyncIterable<Buffer>) {
    await toxics.delay(direction, chunk.length);
    if (tripwire(chunk)) {
      from.destroy(); // withheld for good, with all that would follow
      to.destroy();
    }
    if (to.destroyed) return;
    if (!to.write(chunk)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
  }
  to.end();
}
