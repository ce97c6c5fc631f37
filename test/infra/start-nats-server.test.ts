import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { freePort, isPortFree } from '@whisper/infra/processes/free-port';
import { startNatsServer } from '@whisper/infra/processes/start-nats-server';
import { findNatsServer } from '@whisper/infra/servers/find-nats-server';
import { cacheDirectory } from '../helpers/cache-directory.ts';
import { eventually } from '../helpers/eventually.ts';
import { failureOf } from '../helpers/failure-of.ts';
import { suite } from '../helpers/suite.ts';

suite('a nats-server of our own', { directory: '', binary: '' }, (test) => {
  test.before(async (ctx) => {
    ctx.directory = await mkdtemp(join(tmpdir(), 'own-nats-'));
    ctx.binary = await findNatsServer({ cacheDirectory, env: process.env, onProgress: () => undefined });
  });
  test.after(async ({ directory }) => {
    await rm(directory, { recursive: true, force: true });
  });

  test('serves, comes back on its port after a crash, and stops', async ({ directory, binary }) => {
    const port = await freePort();
    const server = await startNatsServer({ binary, port, dataDirectory: directory, env: process.env });
    const crashed = server.pid;
    if (crashed === undefined) throw new Error('does not run');
    process.kill(crashed, 'SIGKILL');
    await eventually(async () => {
      const response = await fetch(`${server.monitoringUrl}/healthz`);
      return response.ok && server.pid !== undefined && server.pid !== crashed;
    });
    await server[Symbol.asyncDispose]();
    assert.ok(await isPortFree(port, '127.0.0.1'));
  });

  test('writes to the disk before it acknowledges, and listens on this machine only', async ({
    directory,
  }) => {
    const config = await readFile(join(directory, 'nats/nats-server.conf'), 'utf8');
    assert.match(config, 'sync_interval: always');
    assert.match(config, /listen: "127\.0\.0\.1:/);
    assert.match(config, /http: "127\.0\.0\.1:/);
  });

  test('that cannot start is an error with the end of its log', async ({ directory, binary }) => {
    const dataDirectory = join(directory, 'refused');
    const settings = { binary: process.execPath, port: 1, dataDirectory, env: process.env, restart: false };
    assert.ok(binary);
    assert.match(
      await failureOf(startNatsServer(settings)),
      /nats-server does not start; its log is .*nats-server\.log/,
    );
  });
});
