import { exec } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { curlCommand } from '@whisper/infra/start/curl-command';
import { makeCertificate } from '../helpers/make-certificate.ts';
import { suite } from '../helpers/suite.ts';

interface Context {
  directory: string;
  certFile: string;
  server: Server;
  port: number;
}

suite('curl for a server with a certificate', {} as Context, (test) => {
  test.before(async (context) => {
    context.directory = await mkdtemp(join(tmpdir(), "whisper curl's "));
    const { certFile, keyFile } = await makeCertificate(context.directory, 'face');
    context.certFile = certFile;
    const files = { cert: await readFile(certFile), key: await readFile(keyFile) };
    context.server = createServer(files, (_request, response) => response.end('{"alive":true}'));
    context.server.listen(0, '0.0.0.0'); // at 127.0.0.2, too
    await once(context.server, 'listening');
    ({ port: context.port } = context.server.address() as AddressInfo);
  });
  test.after(async ({ directory, server }) => {
    server.close();
    server.closeAllConnections();
    await rm(directory, { recursive: true, force: true });
  });

  const answer = async (command: string): Promise<string> => (await promisify(exec)(command)).stdout;

  test('is given the certificate where it names the address', async ({ certFile, port }) => {
    const url = `https://127.0.0.1:${port}`;
    const curl = await curlCommand(url, certFile);
    assert.match(curl, /^curl --cacert '/);
    assert.is(await answer(`${curl} -s ${url}/livez`), '{"alive":true}');
  });

  test('is told not to look where it names another', async ({ certFile, port }) => {
    const url = `https://127.0.0.2:${port}`;
    const curl = await curlCommand(url, certFile);
    assert.is(curl, 'curl -k');
    assert.is(await answer(`${curl} -s ${url}/livez`), '{"alive":true}');
  });

  test('needs nothing where there is none', async () => {
    assert.is(await curlCommand('http://127.0.0.1:1', undefined), 'curl');
  });
});
