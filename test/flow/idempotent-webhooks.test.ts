import * as assert from 'uvu/assert';
import type { Bus } from '@whisper/shared/bus/connect';
import { eventually } from '../helpers/eventually.ts';
import { jobsApi } from '../helpers/jobs-api.ts';
import { pacedAudio } from '../helpers/paced-audio.ts';
import { postForm } from '../helpers/post-form.ts';
import { startReceiver } from '../helpers/receiver.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';
import { webhooksApi } from '../helpers/webhooks-api.ts';

interface Context {
  system: System;
  other: string;
  bus: Bus;
}

interface Sent {
  readonly key: string;
  readonly text: string;
  readonly hook: string;
  readonly path?: string;
}

/** A request that may be sent again and has its end told. */
async function send(url: string, { hook, key, path = '/transcribe', text }: Sent): Promise<Response> {
  const form = new FormData();
  form.set('file', pacedAudio({ text, delayMs: 5 }), 'audio');
  for (const [name, value] of Object.entries({ model: 'tiny', webhook_url: hook })) form.set(name, value);
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    body: form,
    headers: { 'Idempotency-Key': key },
  });
  assert.ok(answer.ok, await answer.clone().text());
  return answer;
}

const jobIdOf = ({ headers }: Response): string =>
  headers.get('x-job-id') ?? headers.get('location')?.slice('/jobs/'.length) ?? '';

/** So that what comes after is answered from the cache. */
async function cached(url: string, text: string): Promise<void> {
  const audio = pacedAudio({ text, delayMs: 5 });
  assert.is((await postForm(`${url}/transcribe`, audio, { fields: { model: 'tiny' } })).status, 200);
}

const jobsOf = async (url: string): Promise<number> =>
  (await jobsApi.list(url, '?limit=200')).body.jobs.length;

suite(
  'webhooks of repeated requests',
  {} as Context,
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({
        engine: { paced: ['tiny'] },
        env: { OUTBOUND_ALLOW: '127.0.0.1' },
      });
      context.other = (await context.system.startIngest()).url;
      context.bus = await context.system.servers.connect();
    });
    test.after(async ({ bus, system }) => {
      await bus[Symbol.asyncDispose]();
      await system[Symbol.asyncDispose]();
    });

    for (const path of ['/transcribe', '/jobs']) {
      test(`${path}: what was answered from the cache is one job and told once, however often it is sent`, async ({
        other,
        system: { url },
      }) => {
        await using receiver = await startReceiver();
        const text = `cached${path}`;
        await cached(url, text);
        const before = await jobsOf(url);
        const sent = { key: text, text, hook: receiver.url, path };
        const first = await send(url, sent);
        assert.is(first.headers.get('x-cache'), 'hit');
        const jobId = jobIdOf(first);
        const delivered = await eventually(async () => {
          const found = await webhooksApi.ofJob(url, jobId);
          return found?.state === 'delivered' ? found : undefined;
        });
        const answer = await first.text();
        for (const ingest of [url, other]) {
          const again = await send(ingest, sent);
          assert.equal([again.status, jobIdOf(again)], [first.status, jobId]);
          assert.is(again.headers.get('idempotent-replayed'), 'true');
          assert.is(await again.text(), answer);
        }
        assert.is(await jobsOf(url), before + 1);
        assert.equal(await webhooksApi.list(url, `?job=${jobId}`), { deliveries: [delivered], next: null });
        assert.is(receiver.received.length, 1);
      });
    }

    test('many at once, at two ingests, are one job that is told once', async ({
      other,
      system: { url },
    }) => {
      await using receiver = await startReceiver();
      await cached(url, 'many');
      const sent = { key: 'many', text: 'many', hook: receiver.url };
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, n) => send(n % 2 ? other : url, sent)),
      );
      const ids = new Set(answers.map(jobIdOf));
      assert.is(ids.size, 1);
      const [jobId = ''] = ids;
      await eventually(async () => (await webhooksApi.ofJob(url, jobId))?.state === 'delivered');
      assert.equal(
        receiver.received.map(({ headers }) => headers['webhook-id']),
        [(await webhooksApi.ofJob(url, jobId))?.id],
      );
    });

    test('killed after it made its job and before it noted who is to be told: sent again, it is told', async ({
      bus,
      system: { url },
    }) => {
      await using receiver = await startReceiver();
      await cached(url, 'broken-off');
      const sent = { key: 'broken-off', text: 'broken-off', hook: receiver.url };
      const jobId = jobIdOf(await send(url, sent));
      await eventually(() => receiver.received[0]);
      await bus.manager.streams.purge('KV_webhooks', { filter: `$KV.webhooks.${jobId}.*` });
      assert.is(jobIdOf(await send(url, sent)), jobId);
      const told = await eventually(() => receiver.received[1]);
      assert.is((JSON.parse(told.body) as { data: { id: string } }).data.id, jobId);
    });
  },
  { timeoutMs: 60_000 },
);
