import * as assert from 'uvu/assert';
import { eventually } from '../helpers/eventually.ts';
import { pacedAudio } from '../helpers/paced-audio.ts';
import { postForm } from '../helpers/post-form.ts';
import { startReceiver } from '../helpers/receiver.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';
import { deliveryWhen, firstReceived, preload, submitWithWebhook } from '../helpers/told-by-webhook.ts';
import { webhooksApi } from '../helpers/webhooks-api.ts';

suite(
  'receivers that mean no good',
  {} as { system: System },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({
        engine: { paced: ['tiny'] },
        env: { OUTBOUND_ALLOW: '127.0.0.1', NODE_OPTIONS: preload('rebinding-dns.mjs') },
      });
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('a hanging receiver delays nobody else', async ({ system }) => {
      let open = 0;
      await using hanging = await startReceiver(() => open++);
      await using quick = await startReceiver();
      const text = 'for both';
      await submitWithWebhook(system.url, { text, hook: quick.url });
      await firstReceived(quick);
      for (let n = 0; n < 8; n++) await submitWithWebhook(system.url, { text, hook: hanging.url }); // hits: a job each
      await eventually(() => open === 4);
      const jobId = await submitWithWebhook(system.url, { text, hook: quick.url });
      await deliveryWhen(system.url, jobId, ({ state }) => state === 'delivered');
      assert.is(open, 4, 'four at a time');
      const { deliveries } = await webhooksApi.list(system.url, '?state=pending&limit=200');
      assert.is(deliveries.filter(({ url }) => url === hanging.url).length, 8);
    });

    test('a gigabyte in answer is not read, and a redirect is not followed', async ({ system }) => {
      let sent = 0;
      const chunk = Buffer.alloc(64 * 1024);
      await using endless = await startReceiver((response) => {
        response.writeHead(200, { 'content-length': 2 ** 30 });
        const more = (): void => {
          while (!response.destroyed && sent < 2 ** 30 && response.write(chunk)) sent += chunk.length;
        };
        response.on('drain', more);
        more();
      });
      const jobId = await submitWithWebhook(system.url, { text: 'endless', hook: endless.url });
      await deliveryWhen(system.url, jobId, ({ state }) => state === 'delivered');
      assert.ok(sent < 32 * 2 ** 20, `${sent} bytes`);

      const metadata = 'http://169.254.169.254/latest/meta-data/';
      await using sly = await startReceiver((response) =>
        response.writeHead(307, { location: metadata }).end(),
      );
      const sent2 = await submitWithWebhook(system.url, { text: 'sly', hook: sly.url });
      const shown = await deliveryWhen(
        system.url,
        sent2,
        ({ attempts, lastAttempt }) => attempts > 0 && lastAttempt !== null,
      );
      assert.equal(
        [shown.state, shown.lastAttempt?.status, shown.lastAttempt?.error],
        ['pending', 307, 'redirected'],
      );
    });

    test('who is gone is told no more; what may not be reached is refused at once', async ({ system }) => {
      await using gone = await startReceiver((response) => response.writeHead(410).end());
      const jobId = await submitWithWebhook(system.url, { text: 'gone', hook: gone.url });
      const shown = await deliveryWhen(system.url, jobId, ({ state }) => state === 'undelivered');
      assert.equal([shown.attempts, shown.lastAttempt?.error], [1, 'gone']);
      for (const hook of [
        'http://169.254.169.254/',
        'http://127.0.0.2:1/',
        'file:///etc/passwd',
        'nonsense',
      ]) {
        const answer = await postForm(`${system.url}/jobs`, pacedAudio({ text: 'x', delayMs: 0 }), {
          fields: { model: 'tiny', webhook_url: hook },
        });
        const { error } = (await answer.json()) as { error: { code: string; field: string } };
        assert.equal([answer.status, error.code, error.field], [400, 'url_refused', 'webhook_url'], hook);
      }
    });

    test('a name that turns to another address after it was checked is refused', async ({ system }) => {
      await using receiver = await startReceiver();
      const hook = `http://rebind.example:${receiver.port}/hook`;
      const jobId = await submitWithWebhook(system.url, { text: 'rebound', hook });
      const shown = await deliveryWhen(system.url, jobId, ({ lastAttempt }) => lastAttempt !== null);
      assert.equal([shown.state, shown.lastAttempt?.error], ['pending', 'url_refused']);
      assert.is(receiver.received.length, 0);
    });
  },
  { timeoutMs: 60_000 },
);
