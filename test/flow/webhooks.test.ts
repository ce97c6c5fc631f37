import OpenAI from 'openai';
import { Webhook } from 'standardwebhooks';
import * as assert from 'uvu/assert';
import { freePort } from '@whisper/infra/processes/free-port';
import { readStream } from '@whisper/shared/bus/read-stream';
import { eventually } from '../helpers/eventually.ts';
import { jobsApi, type ShownJob } from '../helpers/jobs-api.ts';
import { pacedAudio } from '../helpers/paced-audio.ts';
import { postForm } from '../helpers/post-form.ts';
import { startReceiver, type Received } from '../helpers/receiver.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';
import { deliveryWhen, firstReceived, submitWithWebhook } from '../helpers/told-by-webhook.ts';
import { webhooksApi } from '../helpers/webhooks-api.ts';

const openai = new OpenAI({ apiKey: 'none' });

/** As a receiver reads it. */
interface Told {
  readonly id: string;
  readonly object: string;
  readonly type: string;
  readonly created_at: number;
  readonly data: Readonly<Record<string, unknown>>;
}
const unwrap = async ({ body, headers }: Received, secret: string | undefined): Promise<Told> =>
  (await openai.webhooks.unwrap(body, headers, secret)) as unknown as Told;

suite(
  'webhooks',
  {} as { system: System },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({
        engine: { paced: ['tiny'] },
        env: { OUTBOUND_ALLOW: '127.0.0.1' },
      });
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('tell the end of a job once, signed as openai and standardwebhooks verify it', async ({
      system,
    }) => {
      await using receiver = await startReceiver();
      const jobId = await submitWithWebhook(system.url, { text: 'told', hook: receiver.url });
      const received = await firstReceived(receiver);
      const [secret] = await webhooksApi.secrets(system.url);
      const told = await unwrap(received, secret);
      assert.equal(new Webhook(secret ?? '').verify(received.body, { ...received.headers }), told);
      assert.equal(
        [told.object, told.type, told.data['id'], told.data['state'], told.data['text']],
        ['event', 'whisper.job.completed', jobId, 'completed', undefined],
      );
      assert.ok(Math.abs(told.created_at - Date.now() / 1000) < 60);
      assert.is(received.headers['content-type'], 'application/json');
      const shown = await deliveryWhen(system.url, jobId, ({ state }) => state === 'delivered');
      assert.equal([shown.attempts, shown.lastAttempt?.status], [1, 204]);
      assert.is(told.id, received.headers['webhook-id']);
      assert.is(receiver.received.length, 1);
    });

    test('have the text where it is asked for, also of a job that was a hit, and of a request that waits', async ({
      system,
    }) => {
      await using receiver = await startReceiver();
      const fields = { webhook_text: 'true' };
      const first = await submitWithWebhook(system.url, { text: 'with text', hook: receiver.url, fields });
      await deliveryWhen(system.url, first, ({ state }) => state === 'delivered');
      const hit = await submitWithWebhook(system.url, { text: 'with text', hook: receiver.url, fields });
      await deliveryWhen(system.url, hit, ({ state }) => state === 'delivered');
      const waits = await postForm(
        `${system.url}/v1/audio/transcriptions?webhook_url=${encodeURIComponent(receiver.url)}`,
        pacedAudio({ text: 'with text', delayMs: 5 }),
        { fields: { model: 'tiny', ...fields } },
      );
      assert.equal([waits.status, waits.headers.get('x-cache')], [200, 'hit']);
      const third = waits.headers.get('x-job-id') ?? '';
      await deliveryWhen(system.url, third, ({ state }) => state === 'delivered');
      const [secret] = await webhooksApi.secrets(system.url);
      const told = await Promise.all(receiver.received.map((each) => unwrap(each, secret)));
      assert.equal(
        told.map(({ data }) => [data['id'], data['text']]),
        [first, hit, third].map((id) => [id, 'with text']),
      );
    });

    test('tell of failures and cancellations, and of each to everybody who asked', async ({ system }) => {
      await using receiver = await startReceiver();
      await using other = await startReceiver();
      const cancelled = await submitWithWebhook(system.url, {
        text: 'cancel me',
        delayMs: 20_000,
        hook: receiver.url,
      });
      const same = await submitWithWebhook(system.url, {
        text: 'cancel me',
        delayMs: 20_000,
        hook: other.url,
      });
      assert.is(same, cancelled);
      assert.is((await webhooksApi.ofJob(system.url, cancelled))?.state, 'waiting');
      await jobsApi.cancel(system.url, cancelled);
      const [secret] = await webhooksApi.secrets(system.url);
      for (const each of [receiver, other]) {
        const told = await unwrap(await firstReceived(each), secret);
        assert.equal([told.type, told.data['reason']], ['whisper.job.cancelled', 'requested']);
      }
      const answer = await postForm(`${system.url}/jobs`, new Blob(['no paced audio']), {
        fields: { model: 'tiny', webhook_url: receiver.url },
      });
      const { jobId } = (await answer.json()) as ShownJob;
      await deliveryWhen(system.url, jobId, ({ state }) => state === 'delivered');
      const failed = await unwrap(await eventually(() => receiver.received[1]), secret);
      assert.equal([failed.type, failed.data['attempts']], ['whisper.job.failed', 3]);
    });

    test('a new secret signs beside the old one, and a delivery can be had again under its id', async ({
      system,
    }) => {
      await using receiver = await startReceiver();
      const [old] = await webhooksApi.secrets(system.url);
      const secrets = await webhooksApi.rotate(system.url);
      assert.equal([secrets.length, secrets[1]], [2, old]);
      const jobId = await submitWithWebhook(system.url, { text: 'rotated', hook: receiver.url });
      const { id } = await deliveryWhen(system.url, jobId, ({ state }) => state === 'delivered');
      await webhooksApi.redeliver(system.url, id);
      const again = await eventually(() => receiver.received[1]);
      for (const secret of secrets) assert.is((await unwrap(again, secret)).id, id);
      assert.is(receiver.received[0]?.headers['webhook-id'], again.headers['webhook-id']);
      const unknown = await fetch(`${system.url}/webhooks/deliveries/wh_x_${'0'.repeat(16)}/redeliver`, {
        method: 'POST',
      });
      assert.is(unknown.status, 404);
    });

    test('erasing a job takes back who was to be told of it', async ({ system }) => {
      const hook = `http://127.0.0.1:${await freePort()}/erased-hook`;
      const jobId = await submitWithWebhook(system.url, { text: 'to be erased', hook });
      await deliveryWhen(system.url, jobId, ({ lastAttempt }) => lastAttempt !== null);
      await jobsApi.erase(system.url, jobId);
      await eventually(async () => (await webhooksApi.ofJob(system.url, jobId)) === undefined);
      await using bus = await system.servers.connect();
      for await (const { data } of readStream(bus, 'KV_webhooks', '>')) {
        assert.not.match(Buffer.from(data).toString(), 'erased-hook');
      }
    });

    test('no log has the address of a receiver, its password or a secret', async ({ system }) => {
      const hook = `http://canary:c4n4ry@127.0.0.1:${await freePort()}/canary-path?token=canary`;
      const jobId = await submitWithWebhook(system.url, { text: 'canary', hook });
      const shown = await deliveryWhen(system.url, jobId, ({ lastAttempt }) => lastAttempt !== null);
      assert.is(shown.lastAttempt?.error, 'url_unreachable');
      assert.not.match(shown.url, 'c4n4ry');
      const logs = JSON.stringify([system.ingest, system.worker, system.scheduler].map((each) => each.log()));
      assert.not.match(logs, /canary|c4n4ry|whsec_/);
    });
  },
  { timeoutMs: 60_000 },
);
