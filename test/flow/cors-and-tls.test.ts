import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rename } from 'node:fs/promises';
import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { eventually } from '../helpers/eventually.ts';
import { startServers, type Servers } from '../helpers/start-servers.ts';
import { startService, type Service } from '../helpers/start-service.ts';
import { suite } from '../helpers/suite.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const APP = 'https://app.example.org';
const run = promisify(execFile);

interface Context {
  servers: Servers;
  ingest: Service;
  url: string;
}

async function makeCertificate({ directory }: Servers, name: string): Promise<{ cert: string; key: string }> {
  const [cert, key] = [join(directory, `${name}.pem`), join(directory, `${name}-key.pem`)];
  const asked = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const named = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  await run('openssl', [...asked, ...named, '-keyout', key, '-out', cert]);
  return { cert, key };
}

const startIngest = (servers: Servers, more: NodeJS.ProcessEnv): Promise<Service> =>
  startService('services/ingest/src/main.ts', {
    ...servers.s3As('ingest'),
    ...servers.natsEnv,
    DATA_DIR: servers.directory,
    MODELS_DIR: servers.directory,
    PORT: '0',
    ...more,
  });

async function get(url: string, ca: string): Promise<number | undefined> {
  const asked = request(url, { ca, agent: false, rejectUnauthorized: true });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

async function namedBy(url: string): Promise<string> {
  const socket: TLSSocket = connect({
    host: '127.0.0.1',
    port: Number(new URL(url).port),
    rejectUnauthorized: false,
  });
  await once(socket, 'secureConnect');
  const name = String(socket.getPeerCertificate().subject.CN);
  socket.destroy();
  return name;
}

/** @returns how an ingest with these settings ended at its start */
async function refusal(env: NodeJS.ProcessEnv): Promise<{ code: number | null; said: string }> {
  const flags = ['--import', 'tsx', '--conditions=development', 'services/ingest/src/main.ts'];
  const child = spawn(process.execPath, flags, { cwd: ROOT, env: { PATH: process.env['PATH'], ...env } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

suite(
  'CORS and TLS',
  {} as Context,
  (test) => {
    test.before(async (context) => {
      context.servers = await startServers();
      const { cert, key } = await makeCertificate(context.servers, 'first');
      context.ingest = await startIngest(context.servers, {
        TLS_CERT_FILE: cert,
        TLS_KEY_FILE: key,
        CORS_ORIGINS: `${APP},http://localhost:5173`,
        HOST: '0.0.0.0',
      });
      const told = context.ingest.log().find(({ msg }) => msg === 'ready')?.['url'];
      context.url = String(told).replace('0.0.0.0', '127.0.0.1');
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'; // of fetch in this test: the certificate is of its own making
    });
    test.after(async ({ ingest, servers }) => {
      await ingest[Symbol.asyncDispose]();
      await servers[Symbol.asyncDispose]();
    });

    test('who trusts the certificate is served, who does not is not', async ({ servers, url }) => {
      assert.match(url, /^https:/);
      const ca = await readFile(join(servers.directory, 'first.pem'), 'utf8');
      assert.is(await get(`${url}/livez`, ca), 200);
      const { cert } = await makeCertificate(servers, 'stranger');
      const failed = await get(`${url}/livez`, await readFile(cert, 'utf8')).catch((error: unknown) => error);
      assert.instance(failed, Error);
    });

    test('anything older than TLS 1.2 is refused', async ({ url }) => {
      const port = Number(new URL(url).port);
      const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
      const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...old });
      const [error] = (await once(socket, 'error')) as [Error];
      assert.match(error.message, /protocol|version|alert/i);
    });

    test('a renewed certificate is taken up; one that does not fit its key is not', async ({
      ingest,
      servers,
      url,
    }) => {
      assert.is(await namedBy(url), 'first');
      const { cert, key } = await makeCertificate(servers, 'second');
      await rename(key, join(servers.directory, 'first-key.pem'));
      await rename(cert, join(servers.directory, 'first.pem'));
      await eventually(async () => (await namedBy(url)) === 'second', { timeoutMs: 20_000 });
      const other = await makeCertificate(servers, 'third');
      await rename(other.cert, join(servers.directory, 'first.pem'));
      await eventually(() => ingest.log().some(({ msg }) => msg.startsWith('certificate not renewed')));
      assert.is(await namedBy(url), 'second');
    });

    test('beyond loopback a key is required without a word', async ({ url }) => {
      assert.is((await fetch(`${url}/jobs`)).status, 401);
      assert.is((await fetch(`${url}/readyz`)).status, 200);
    });

    test('a page of a listed origin may ask and read, also errors; others may not', async ({ url }) => {
      const preflight = (origin: string): Promise<Response> =>
        fetch(`${url}/v1/audio/transcriptions`, {
          method: 'OPTIONS',
          headers: {
            origin,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'authorization,x-stainless-os',
          },
        });
      const allowed = await preflight(APP);
      assert.is(allowed.status, 204);
      assert.is(allowed.headers.get('access-control-allow-origin'), APP);
      assert.is(allowed.headers.get('access-control-allow-headers'), 'authorization,x-stainless-os');
      assert.match(allowed.headers.get('access-control-allow-methods') ?? '', 'POST');
      assert.match(allowed.headers.get('vary') ?? '', 'Origin');
      assert.is(allowed.headers.get('access-control-allow-credentials'), null);
      const error = await fetch(`${url}/jobs`, { headers: { origin: APP } });
      assert.equal([error.status, error.headers.get('access-control-allow-origin')], [401, APP]);
      assert.match(error.headers.get('access-control-expose-headers') ?? '', /Retry-After/);
      for (const stranger of [
        'https://evil.example.org',
        `${APP}.evil.org`,
        'null',
        'http://app.example.org',
      ]) {
        assert.is((await preflight(stranger)).headers.get('access-control-allow-origin'), null, stranger);
      }
    });

    test('settings that would open the server by accident, or make no sense, end the start', async () => {
      const open = await refusal({ HOST: '0.0.0.0', API_KEYS: 'off' });
      assert.is(open.code, 1);
      assert.match(open.said, 'ALLOW_OPEN_ACCESS');
      const half = await refusal({ TLS_CERT_FILE: '/nowhere.pem' });
      assert.is(half.code, 1);
      assert.match(half.said, 'TLS_KEY_FILE');
      for (const origins of ['*', 'https://a.example/path', 'app.example.org']) {
        const { code, said } = await refusal({ CORS_ORIGINS: origins });
        assert.is(code, 1);
        assert.match(said, 'CORS_ORIGINS');
      }
    });
  },
  { timeoutMs: 60_000 },
);
