import * as assert from 'uvu/assert';
import { freePort } from '@whisper/infra/processes/free-port';
import { startReceiver } from '../helpers/receiver.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';
import { deliveryWhen, firstReceived, preload, submitWithWebhook } from '../helpers/told-by-webhook.ts';
import { webhooksApi } from '../helpers/webhooks-api.ts';

const TEN_MINUTES_MS = 600_000;
const TWO_DAYS_MS = 48 * 3_600_000;

suite(
  'webhooks of a receiver that is away',
  {} as { system: System },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({
        engine: { paced: ['tiny'] },
        env: {
          OUTBOUND_ALLOW: '127.0.0.1',
          NODE_OPTIONS: preload('jumping-clock.mjs'),
          CLOCK_JUMP_MS: '60000',
        },
      });
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('away for ten minutes while ingest is killed: told once it is back', async ({ system }) => {
      const port = await freePort();
      const jobId = await submitWithWebhook(system.url, {
        text: 'away',
        hook: `http://127.0.0.1:${port}/hook`,
      });
      const { lastAttempt: first } = await deliveryWhen(
        system.url,
        jobId,
        ({ attempts, lastAttempt }) => attempts === 1 && lastAttempt !== null,
      );
      await system.ingest.kill();

      const later = await system.startIngest({ CLOCK_AHEAD_MS: String(TEN_MINUTES_MS) });
      const still = await deliveryWhen(
        later.url,
        jobId,
        ({ attempts, lastAttempt }) => attempts === 2 && lastAttempt?.at !== first?.at, // it counts when it begins
      );
      assert.equal([still.state, still.lastAttempt?.error], ['pending', 'url_unreachable']);
      await using receiver = await startReceiver(undefined, port);
      later.service.process.kill('SIGUSR2');
      const told = await deliveryWhen(later.url, jobId, ({ state }) => state === 'delivered');
      assert.is(told.attempts, 3);
      assert.equal(
        receiver.received.map(({ headers }) => headers['webhook-id']),
        [told.id],
      );
      await later.service.stop();
    });

    test('away for two days: seen as undelivered, and told when somebody asks for it', async ({ system }) => {
      const port = await freePort();
      const first = await system.startIngest();
      const jobId = await submitWithWebhook(first.url, {
        text: 'away for long',
        hook: `http://127.0.0.1:${port}/hook`,
      });
      await deliveryWhen(first.url, jobId, ({ lastAttempt }) => lastAttempt !== null);
      await first.service.kill();

      const later = await system.startIngest({ CLOCK_AHEAD_MS: String(TWO_DAYS_MS) });
      const lost = await deliveryWhen(later.url, jobId, ({ state }) => state === 'undelivered');
      const { deliveries } = await webhooksApi.list(later.url, '?state=undelivered');
      assert.equal(deliveries, [lost]);
      await using receiver = await startReceiver(undefined, port);
      await webhooksApi.redeliver(later.url, lost.id);
      await deliveryWhen(later.url, jobId, ({ state }) => state === 'delivered');
      assert.is((await firstReceived(receiver)).headers['webhook-id'], lost.id);
    });
  },
  { timeoutMs: 120_000 },
);
