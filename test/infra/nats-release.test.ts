import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { findNatsServer } from '@whisper/infra/servers/find-nats-server';
import { freePort } from '@whisper/infra/processes/free-port';
import { failureOf } from '../helpers/failure-of.ts';
import { suite } from '../helpers/suite.ts';

const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
const ARCHIVE = `nats-server-v2.15.1-${process.platform}-${architecture}`;

interface Release {
  directory: string;
  url: string;
  server: Server | undefined;
}

/** An archive like the official one, with a script in the place of the server. */
async function makeArchive(directory: string): Promise<Buffer> {
  await mkdir(join(directory, ARCHIVE));
  const program = join(directory, ARCHIVE, 'nats-server');
  await writeFile(program, '#!/bin/sh\necho "nats-server: v2.15.1"\n');
  await chmod(program, 0o755);
  execFileSync('tar', ['-czf', `${ARCHIVE}.tar.gz`, ARCHIVE], { cwd: directory });
  return readFile(join(directory, `${ARCHIVE}.tar.gz`));
}

/** Serves the release at `/good`, and at `/bad` with a checksum that does not fit. */
async function serve(archive: Buffer, port: number): Promise<Server> {
  const checksum = createHash('sha256').update(archive).digest('hex');
  const server = createServer((request, response) => {
    const good = request.url?.startsWith('/good/') === true;
    const announced = good ? checksum : '0'.repeat(64);
    const sums = `${'1'.repeat(64)}  other.tar.gz\n${announced}  ${ARCHIVE}.tar.gz\n`;
    response.end(request.url?.endsWith('/SHA256SUMS') === true ? sums : archive);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

const nothing: Release = { directory: '', url: '', server: undefined };

suite('the official release of nats-server', nothing, (test) => {
  test.before(async (ctx) => {
    ctx.directory = await mkdtemp(join(tmpdir(), 'nats-release-'));
    const port = await freePort();
    ctx.server = await serve(await makeArchive(ctx.directory), port);
    ctx.url = `http://127.0.0.1:${port}`;
  });
  test.after(async ({ directory, server }) => {
    server?.close();
    server?.closeAllConnections();
    await rm(directory, { recursive: true, force: true });
  });

  /** Only `tar` and what it needs are on this PATH: no Go and no apt. */
  const options = (directory: string, cache: string, url: string) => ({
    env: { PATH: directory, NATS_DOWNLOAD_URL: url },
    cacheDirectory: join(directory, cache),
    onProgress: () => undefined,
  });

  test('is unpacked into the cache, by two at once, too', async ({ directory, url }) => {
    await linkTools(directory);
    const twice = options(directory, 'cache', `${url}/good`);
    const [first, second] = await Promise.all([findNatsServer(twice), findNatsServer(twice)]);
    assert.is(first, join(directory, 'cache/servers/nats-server-2.15.1/nats-server'));
    assert.is(second, first);
    assert.equal(await readdir(join(directory, 'cache/servers')), ['nats-server-2.15.1']);
    assert.equal(await readdir(join(directory, 'cache/servers/nats-server-2.15.1')), ['nats-server']);
  });

  test('is refused when its checksum is wrong, and nothing of it stays', async ({ directory, url }) => {
    const message = await failureOf(findNatsServer(options(directory, 'refused', `${url}/bad`)));
    assert.match(message, /official release: .* has the checksum [0-9a-f]{64}, 0{64} was announced/);
    assert.equal(await readdir(join(directory, 'refused/servers')), []);
  });
});

async function linkTools(directory: string): Promise<void> {
  for (const tool of ['tar', 'gzip', 'sh']) {
    const path = execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim();
    await writeFile(join(directory, tool), `#!/bin/sh\nexec ${path} "$@"\n`);
    await chmod(join(directory, tool), 0o755);
  }
}
