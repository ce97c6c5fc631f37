import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { eventually } from '../../helpers/eventually.ts';
import { suite } from '../../helpers/suite.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/** A line through the proxy to a server that says everything back. */
async function openLine({
  port,
}: TcpProxy): Promise<{ readonly socket: Socket; readonly heard: () => string }> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let heard = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (heard += chunk));
  return { socket, heard: () => heard };
}

suite('the TCP proxy of the fault tests', {} as { server: Server; proxy: TcpProxy }, (test) => {
  test.before(async (context) => {
    context.server = createServer((socket) => {
      socket.on('error', () => undefined).pipe(socket);
    }).listen(0, '127.0.0.1');
    await once(context.server, 'listening');
    const { port } = context.server.address() as AddressInfo;
    context.proxy = await startTcpProxy({ host: '127.0.0.1', port });
  });
  test.after(async ({ proxy, server }) => {
    await proxy[Symbol.asyncDispose]();
    server.close();
  });

  test('a black hole swallows in one direction, and gives back when it is healed', async ({ proxy }) => {
    const { heard, socket } = await openLine(proxy);
    proxy.toxics.blackhole(['down']);
    socket.write('into the dark');
    await sleep(100); // that nothing comes cannot be waited for
    assert.is(heard(), '');
    proxy.toxics.heal();
    await eventually(() => heard() === 'into the dark');
    socket.destroy();
  });

  test('latency and rate make it late', async ({ proxy }) => {
    const { heard, socket } = await openLine(proxy);
    proxy.toxics.latency(50);
    proxy.toxics.rate(1_000);
    const startedMs = performance.now();
    socket.write('x'.repeat(200));
    await eventually(() => heard().length === 200);
    assert.ok(performance.now() - startedMs >= 2 * (50 + 200));
    proxy.toxics.heal();
    socket.destroy();
  });

  test('a tripwire withholds what has certain bytes, also over two chunks, and calls back once', async ({
    proxy,
  }) => {
    const { heard, socket } = await openLine(proxy);
    const closed = once(socket, 'close');
    let trips = 0;
    proxy.toxics.tripOn('up', 'the word', () => trips++);
    socket.write('before ');
    await eventually(() => heard() === 'before ');
    socket.write('the w');
    await eventually(() => heard() === 'before the w');
    socket.write('ord, and after');
    await closed;
    assert.is(trips, 1);
    assert.is(heard(), 'before the w');
    const again = await openLine(proxy);
    again.socket.write('the word');
    await eventually(() => again.heard() === 'the word');
    again.socket.destroy();
  });

  test('a reset ends all lines rudely', async ({ proxy }) => {
    const { socket } = await openLine(proxy);
    socket.write('x');
    await once(socket, 'data');
    const failed = once(socket, 'error');
    proxy.resetAll();
    const [error] = (await failed) as [NodeJS.ErrnoException];
    assert.is(error.code, 'ECONNRESET');
  });
});
