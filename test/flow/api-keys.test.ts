import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import OpenAI, { AuthenticationError, PermissionDeniedError } from 'openai';
import * as assert from 'uvu/assert';
import type { Bus } from '@whisper/shared/bus/connect';
import { openApiKeys } from '@whisper/shared/storage/api-keys';
import { askWithKey } from '../helpers/ask-with-key.ts';
import { eventually } from '../helpers/eventually.ts';
import { known } from '../helpers/known-key.ts';
import { makeKey } from '../helpers/make-key.ts';
import { pacedAudio } from '../helpers/paced-audio.ts';
import { runCtl } from '../helpers/run-ctl.ts';
import { samplePath } from '../helpers/sample-path.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

interface Context {
  system: System;
  /** A second ingest, which every change must reach, too. */
  other: string;
  bus: Bus;
}

const REVOKED_WITHIN_MS = 5_000;

const openaiWith = (url: string, apiKey: string): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });

suite(
  'API keys',
  {} as Context,
  (test) => {
    test.before(async (context) => {
      const engine = { paced: ['tiny'] };
      context.system = await startSystem({ engine, env: { API_KEYS: 'required', DEFAULT_MODEL: 'tiny' } });
      context.other = (await context.system.startIngest()).url;
      context.bus = await context.system.servers.connect();
    });
    test.after(async ({ bus, system }) => {
      await bus[Symbol.asyncDispose](); // while there is a server: else it would look for one for ever
      await system[Symbol.asyncDispose]();
    });

    test('without one, or with a wrong one, each dialect says so in its words', async ({ bus, system }) => {
      const { shown } = await makeKey(bus, 'words');
      const wrong = `${shown.slice(0, -4)}AAAA`;
      const asked = [
        ['/transcribe', (body: { error?: { code?: string } }) => body.error?.code],
        ['/v1/audio/transcriptions', (body: { error?: { code?: string } }) => body.error?.code],
        ['/asr', (body: { detail?: string }) => body.detail],
        ['/inference', (body: { error?: string }) => body.error],
      ] as const;
      for (const [path, reason] of asked) {
        const audio = pacedAudio({ text: 'never read', delayMs: 0 });
        const without = await askWithKey(`${system.url}${path}`, undefined, { audio });
        assert.equal([without.status, without.headers.get('www-authenticate')], [401, 'Bearer'], path);
        for (const key of [wrong, 'none', 'sk-something']) {
          const refused = await askWithKey(`${system.url}${path}`, key, { audio });
          assert.is(refused.status, 401, path);
          assert.match(String(reason(refused.body as never)), /API key|invalid_api_key/);
        }
      }
      for (const path of ['/jobs', '/status', '/usage', '/v1/models', '/nowhere']) {
        assert.is((await askWithKey(`${system.url}${path}`, undefined)).status, 401, path);
      }
      for (const path of ['/livez', '/readyz', '/health', '/openapi.json', '/docs']) {
        assert.is((await askWithKey(`${system.url}${path}`, undefined)).status, 200, path);
      }
    });

    test('a refusal comes before the body is read', async ({ system }) => {
      const headers = { 'content-type': 'multipart/form-data; boundary=x', 'transfer-encoding': 'chunked' };
      const upload = request(`${system.url}/transcribe`, { method: 'POST', headers, agent: false });
      upload.on('error', () => undefined); // the server hangs up on a body that never comes
      upload.flushHeaders();
      const [response] = (await once(upload, 'response')) as [IncomingMessage];
      assert.is(response.statusCode, 401);
      upload.destroy();
    });

    test("OpenAI's client is let in with a key, refused with a wrong one, and both as its own classes", async ({
      bus,
      system,
    }) => {
      const { shown } = await makeKey(bus, 'openai');
      await known(shown, system.url);
      const file = (): ReturnType<typeof createReadStream> => createReadStream(samplePath('numbers.wav'));
      const models = await openaiWith(system.url, shown).models.list();
      assert.ok(models.data.some(({ id }) => id === 'tiny'));
      const refused = await openaiWith(system.url, `${shown.slice(0, -4)}AAAA`)
        .audio.transcriptions.create({ model: 'whisper-1', file: file() })
        .catch((error: unknown) => error);
      assert.instance(refused, AuthenticationError);
      assert.is((refused as AuthenticationError).code, 'invalid_api_key');
      const reader = await makeKey(bus, 'openai', { scopes: ['read'] });
      await known(reader.shown, system.url);
      const forbidden = await openaiWith(system.url, reader.shown)
        .audio.transcriptions.create({ model: 'whisper-1', file: file() })
        .catch((error: unknown) => error);
      assert.instance(forbidden, PermissionDeniedError);
      assert.is((forbidden as PermissionDeniedError).code, 'insufficient_permissions');
    });

    test('X-API-Key does as well', async ({ bus, system }) => {
      const { shown } = await makeKey(bus, 'header');
      await known(shown, system.url);
      const headers = { 'x-api-key': shown };
      assert.is((await askWithKey(`${system.url}/jobs`, undefined, { headers })).status, 200);
    });

    test('each scope opens what it names and nothing else', async ({ bus, system }) => {
      const audio = pacedAudio({ text: 'scopes', delayMs: 0 });
      const tried = async (scope: 'transcribe' | 'read' | 'erase' | 'admin'): Promise<readonly number[]> => {
        const { shown } = await makeKey(bus, 'scopes', { scopes: [scope] });
        await known(shown, system.url);
        const answers = [
          await askWithKey(`${system.url}/transcribe`, shown, { audio }),
          await askWithKey(`${system.url}/jobs`, shown),
          await askWithKey(`${system.url}/jobs/none`, shown, { method: 'DELETE' }),
          await askWithKey(`${system.url}/usage`, shown),
        ];
        return answers.map(({ status }) => status);
      };
      assert.equal(await tried('transcribe'), [200, 403, 403, 200]);
      assert.equal(await tried('read'), [403, 200, 403, 200]);
      assert.equal(await tried('erase'), [403, 403, 404, 200]);
      assert.equal(await tried('admin'), [403, 403, 403, 200]);
    });

    test('ctl makes a key that is shown once, and revokes it at every ingest within 5 s', async ({
      bus,
      other,
      system,
    }) => {
      const { natsEnv } = system.servers;
      const made = await runCtl(
        natsEnv,
        'keys',
        'create',
        'acme',
        '--weight',
        '3',
        '--rate',
        '600',
        '--json',
      );
      assert.is(made.code, 0, made.stderr);
      const { key, keyId } = JSON.parse(made.stdout) as { key: string; keyId: string };
      assert.not.match(JSON.stringify(await (await openApiKeys(bus)).get(keyId)), key.slice(16));
      const shown = await runCtl(natsEnv, 'keys', 'show', keyId);
      assert.match(shown.stdout, /acme \(weight 3\)/);
      assert.not.match(shown.stdout, key.slice(16));
      const statusAt = async (base: string): Promise<number> =>
        (await askWithKey(`${base}/jobs`, key)).status;
      await eventually(async () => (await statusAt(system.url)) === 200 && (await statusAt(other)) === 200);

      assert.is((await runCtl(natsEnv, 'keys', 'revoke', keyId)).code, 0);
      await eventually(async () => (await statusAt(system.url)) === 401 && (await statusAt(other)) === 401, {
        timeoutMs: REVOKED_WITHIN_MS,
      });
      assert.match(
        (await runCtl(natsEnv, 'keys', 'list')).stdout,
        /acme +acme +transcribe,read,erase +revoked/,
      );
      assert.is((await runCtl(natsEnv, 'keys', 'revoke', 'aaaaaaaaaaaa')).code, 3);
      assert.is((await runCtl(natsEnv, 'keys', 'create', 'x', '--scopes', 'fly')).code, 2);
    });

    test('a key ends at its time', async ({ bus, system }) => {
      const expiresAt = new Date(Date.now() + 1_500).toISOString();
      const { shown } = await makeKey(bus, 'brief', { expiresAt });
      await eventually(async () => (await askWithKey(`${system.url}/jobs`, shown)).status === 200);
      await eventually(async () => (await askWithKey(`${system.url}/jobs`, shown)).status === 401);
    });

    test('a key that was damaged in its bucket opens nothing', async ({ bus, system }) => {
      const { key, shown } = await makeKey(bus, 'damaged');
      await eventually(async () => (await askWithKey(`${system.url}/jobs`, shown)).status === 200);
      const { kv } = (await openApiKeys(bus)).bucket;
      await kv.put(key.keyId, '{"revoked":');
      await eventually(async () => (await askWithKey(`${system.url}/jobs`, shown)).status === 401);
      await kv.purge(key.keyId);
    });

    test('a revocation while NATS is away holds when it is back', async ({ bus, system }) => {
      const { key, shown } = await makeKey(bus, 'outage');
      const status = async (): Promise<number> => (await askWithKey(`${system.url}/jobs`, shown)).status;
      await eventually(async () => (await status()) === 200);
      await system.servers.restartNats();
      await (await openApiKeys(bus)).revoke(key.keyId);
      await eventually(async () => (await status()) === 401, { timeoutMs: 30_000 });
    });
  },
  { timeoutMs: 180_000 },
);
