import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI, { APIConnectionError } from 'openai';
import * as assert from 'uvu/assert';
import { pacedAudio } from '../helpers/paced-audio.ts';
import { postForm } from '../helpers/post-form.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

/** Longer than the keep-alive and longer than what the proxy lets be silent. */
const SLOW_MS = 4_000;
const PROXY_IDLE_MS = 2_000;

interface Proxy extends AsyncDisposable {
  readonly url: string;
}

/** A proxy as they stand before servers: it cuts an answer that is silent for too long. */
async function startImpatientProxy(target: string): Promise<Proxy> {
  const server = http.createServer((request, response) => {
    const { headers, method = 'GET', url = '/' } = request;
    const upstream = http.request(`${target}${url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.once('error', () => response.destroy());
    });
    upstream.setTimeout(PROXY_IDLE_MS, () => upstream.destroy(new Error('silent for too long')));
    upstream.once('error', () => response.destroy());
    request.pipe(upstream);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

suite(
  'long waits',
  {} as { system: System; proxy: Proxy },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({
        engine: { paced: ['tiny'] },
        env: { KEEP_ALIVE_SECONDS: '1', MAX_ATTEMPTS: '1' },
      });
      context.proxy = await startImpatientProxy(context.system.url);
    });
    test.after(async ({ proxy, system }) => {
      await proxy[Symbol.asyncDispose]();
      await system[Symbol.asyncDispose]();
    });

    test('white space before JSON brings it through a proxy that cuts what is silent', async ({ proxy }) => {
      const answer = await postForm(
        `${proxy.url}/transcribe?model=tiny`,
        pacedAudio({ text: 'patience', delayMs: SLOW_MS }),
      );
      assert.is(answer.headers.get('x-cache'), 'miss');
      const body = await answer.text();
      assert.match(body, /^\n+\{/);
      assert.equal(JSON.parse(body), { text: 'patience' });
    });

    test("OpenAI's client reads it as if nothing were before it", async ({ proxy }) => {
      const openai = new OpenAI({ baseURL: `${proxy.url}/v1`, apiKey: 'none', maxRetries: 0 });
      const file = new File([pacedAudio({ text: 'still patient', delayMs: SLOW_MS })], 'a.wav');
      assert.is((await openai.audio.transcriptions.create({ file, model: 'tiny' })).text, 'still patient');
    });

    test('what fails after the head has gone out breaks off: nobody takes it for a text', async ({
      proxy,
    }) => {
      const failing = (): Blob => pacedAudio({ text: '', delayMs: SLOW_MS, fault: 'late' });
      const answer = await postForm(`${proxy.url}/transcribe?model=tiny`, failing());
      assert.is(answer.status, 200);
      let failure: unknown;
      await answer.text().catch((error: unknown) => (failure = error));
      assert.instance(failure, Error);
      const jobId = answer.headers.get('x-job-id') ?? '';
      assert.match(await (await fetch(`${proxy.url}/jobs/${jobId}/events`)).text(), /engine_failed/);

      const openai = new OpenAI({ baseURL: `${proxy.url}/v1`, apiKey: 'none', maxRetries: 0 });
      const file = new File([failing()], 'a.wav');
      const asked = openai.audio.transcriptions.create({ file, model: 'tiny' });
      const error = await asked.then(
        ({ text }) => new Error(`answered "${text}"`),
        (thrown: unknown) => thrown,
      );
      assert.ok(
        error instanceof APIConnectionError || (error instanceof Error && error.name === 'TypeError'),
      );
    });

    test('text and subtitles begin with nothing but themselves', async ({ system }) => {
      const answer = await postForm(
        `${system.url}/v1/audio/transcriptions`,
        pacedAudio({ text: 'subtitles', delayMs: 1_500 }),
        { fields: { model: 'tiny', response_format: 'vtt' } },
      );
      assert.match(await answer.text(), /^WEBVTT\n/);
    });
  },
  { timeoutMs: 120_000 },
);
