import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { findNatsServer } from '@whisper/infra/servers/find-nats-server';
import { failureOf } from '../helpers/failure-of.ts';
import { suite } from '../helpers/suite.ts';

/** A program that tells the version and nothing else. */
async function writeFakeServer(path: string, version: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho "nats-server: v${version}"\n`);
  await chmod(path, 0o755);
  return path;
}

/** Nothing is found on this PATH, and nothing can be downloaded. */
function emptyMachine(directory: string) {
  const env = { PATH: join(directory, 'bin'), NATS_DOWNLOAD_URL: 'http://127.0.0.1:9' };
  const lines: string[] = [];
  const onProgress = (line: string): void => void lines.push(line);
  return { env, lines, options: { env, onProgress, cacheDirectory: join(directory, 'cache') } };
}

suite('finding nats-server', { directory: '' }, (test) => {
  test.before(async (ctx) => {
    ctx.directory = await mkdtemp(join(tmpdir(), 'find-nats-'));
  });
  test.after(async ({ directory }) => {
    await rm(directory, { recursive: true, force: true });
  });

  test('the setting wins over PATH', async ({ directory }) => {
    const root = join(directory, 'setting');
    const { env, options } = emptyMachine(root);
    const named = await writeFakeServer(join(root, 'own/my-nats'), '2.20.0');
    await writeFakeServer(join(root, 'bin/nats-server'), '2.15.1');
    const found = await findNatsServer({ ...options, env: { ...env, NATS_SERVER_BIN: named } });
    assert.is(found, named);
  });

  test('a setting that names nothing is an error that says so', async ({ directory }) => {
    const { env, options } = emptyMachine(join(directory, 'nothing'));
    const looking = findNatsServer({ ...options, env: { ...env, NATS_SERVER_BIN: '/no/such/server' } });
    assert.match(await failureOf(looking), 'NATS_SERVER_BIN names /no/such/server: no such program');
  });

  test('a server on PATH is used when it is new enough', async ({ directory }) => {
    const root = join(directory, 'path');
    const { options } = emptyMachine(root);
    const onPath = await writeFakeServer(join(root, 'bin/nats-server'), '2.14.6');
    assert.is(await findNatsServer(options), onPath);
  });

  test('an old server on PATH is passed over for the one in the cache', async ({ directory }) => {
    const root = join(directory, 'old');
    const { options, lines } = emptyMachine(root);
    await writeFakeServer(join(root, 'bin/nats-server'), '2.9.10');
    await writeFakeServer(join(root, 'cache/servers/nats-server-2.14.7/nats-server'), '2.14.7');
    const newest = join(root, 'cache/servers/nats-server-2.15.1/nats-server');
    await writeFakeServer(newest, '2.15.1');
    assert.is(await findNatsServer(options), newest);
    assert.match(lines.join('\n'), 'version 2.9.10 is too old');
  });

  test('when every way fails, the error names each and why', async ({ directory }) => {
    const { options } = emptyMachine(join(directory, 'none'));
    const message = await failureOf(findNatsServer(options));
    assert.match(message, /official release: .*ECONNREFUSED|official release: fetch failed/);
    assert.match(message, 'Debian package (sid): apt-get is not on this machine');
    assert.match(
      message,
      'go install github.com/nats-io/nats-server/v2@v2.15.1: apt-get is not on this machine',
    );
  });
});
