import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as assert from 'uvu/assert';
import { freePort } from '@whisper/infra/processes/free-port';
import { startNatsServer, type RunningNatsServer } from '@whisper/infra/processes/start-nats-server';
import { findNatsServer } from '@whisper/infra/servers/find-nats-server';
import { connectBus, type BusSettings } from '@whisper/shared/bus/connect';
import { createS3BlobStore } from '@whisper/shared/storage/s3-blob-store';
import { cacheDirectory } from '../helpers/cache-directory.ts';
import { failureOf } from '../helpers/failure-of.ts';
import { makeCertificate, type Certificate } from '../helpers/make-certificate.ts';
import { silent, startServers, type Servers } from '../helpers/start-servers.ts';
import { suite } from '../helpers/suite.ts';

interface Context {
  servers: Servers;
  nats: RunningNatsServer;
  ours: Certificate;
  client: Certificate;
  strange: Certificate;
}

async function startTlsNats(
  directory: string,
  ours: Certificate,
  client: Certificate,
): Promise<RunningNatsServer> {
  return startNatsServer({
    binary: await findNatsServer({ cacheDirectory, env: process.env, onProgress: () => undefined }),
    ...{ port: await freePort(), dataDirectory: directory, env: process.env, restart: false },
    tls: { ...ours, clientCaFile: client.certFile },
  });
}

/** The store as it is reached in a data centre: something that speaks TLS before it. */
async function startTlsFront(target: string, { certFile, keyFile }: Certificate): Promise<https.Server> {
  const { hostname, port } = new URL(target);
  const server = https.createServer(
    { cert: readFileSync(certFile), key: readFileSync(keyFile) },
    (request, response) => {
      const { url, method, headers } = request;
      const onward = http.request({ hostname, port, path: url, method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      request.pipe(onward);
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

suite(
  'TLS',
  {} as Context,
  (test) => {
    test.before(async (context) => {
      context.servers = await startServers();
      const directory = await mkdtemp(join(context.servers.directory, 'tls-'));
      for (const name of ['ours', 'client', 'strange'] as const)
        context[name] = await makeCertificate(directory, name);
      context.nats = await startTlsNats(directory, context.ours, context.client);
    });
    test.after(async ({ servers, nats }) => {
      await nats[Symbol.asyncDispose]();
      await servers[Symbol.asyncDispose]();
    });

    test('with NATS needs its CA and a certificate of our own, and says what is wrong', async (context) => {
      const { nats, ours, client, strange } = context;
      const connect = (settings: Partial<BusSettings>): ReturnType<typeof connectBus> =>
        connectBus('ingest', { NATS_URL: nats.url, ...settings }, silent, AbortSignal.timeout(5_000));
      const known = { NATS_CERT_FILE: client.certFile, NATS_KEY_FILE: client.keyFile };
      await using bus = await connect({ NATS_CA_FILE: ours.certFile, ...known });
      assert.ok(bus.connected);
      assert.match(
        await failureOf(connect({ ...known, NATS_CA_FILE: strange.certFile })),
        /^No TLS with NATS at nats:.*certificate/,
      );
      assert.match(await failureOf(connect({})), /^No TLS with NATS at nats:.*certificate/);
    });

    test('with S3 needs its CA, and says what is wrong', async ({ servers, ours, strange }) => {
      const front = await startTlsFront(servers.minio.endpoint, ours);
      const { port } = front.address() as AddressInfo;
      const settings = { ...servers.s3, S3_ENDPOINT: `https://127.0.0.1:${port}` };
      const store = createS3BlobStore({ ...settings, S3_CA_FILE: ours.certFile });
      await store.putBytes('audio/by-tls', Buffer.from('heard'));
      await store.putFile('audio/whole', ours.certFile, readFileSync(ours.certFile).length);
      assert.is(await text(await store.open('audio/by-tls')), 'heard');
      assert.is(await store.sizeOf('audio/whole'), readFileSync(ours.certFile).length);
      for (const trusted of [{}, { S3_CA_FILE: strange.certFile }]) {
        const refused = createS3BlobStore({ ...settings, ...trusted });
        const why = await refused.check().catch((error: unknown) => error);
        assert.match(String((why as Error).cause), 'certificate');
      }
      front.closeAllConnections();
      front.close();
    });
  },
  { timeoutMs: 30_000 },
);
