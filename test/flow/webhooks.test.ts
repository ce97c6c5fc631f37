import { fileURLToPath } from 'node:url';
import OpenAI from 'openai';
import { Webhook } from 'standardwebhooks';
import * as assert from 'uvu/assert';
import { freePort } from '@whisper/infra/processes/free-port';
import { readStream } from '@whisper/shared/bus/read-stream';
import { eventually } from '../helpers/eventually.ts';
import { jobsApi, type ShownJob } from '../helpers/jobs-api.ts';
import { pacedAudio } from '../helpers/paced-audio.ts';
import { postForm } from '../helpers/post-form.ts';
import { startReceiver, type Received, type Receiver } from '../helpers/receiver.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';
import { webhooksApi, type ShownDelivery } from '../helpers/webhooks-api.ts';

const preload = (file: string): string =>
  `--import ${fileURLToPath(new URL(`../helpers/${file}`, import.meta.url))}`;
const openai = new OpenAI({ apiKey: 'none' });

interface Asked {
  readonly text: string;
  readonly delayMs?: number;
  readonly hook: string;
  readonly fields?: Readonly<Record<string, string>>;
}

async function submit(url: string, { delayMs = 5, fields = {}, hook, text }: Asked): Promise<string> {
  const answer = await postForm(`${url}/jobs`, pacedAudio({ text, delayMs }), {
    fields: { model: 'tiny', webhook_url: hook, ...fields },
  });
  assert.is(answer.status, 202, await answer.clone().text());
  return ((await answer.json()) as ShownJob).jobId;
}

const inState = (
  url: string,
  jobId: string,
  is: (delivery: ShownDelivery) => boolean,
): Promise<ShownDelivery> =>
  eventually(async () => {
    const found = await webhooksApi.ofJob(url, jobId);
    return found && is(found) ? found : undefined;
  });

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

const only = async ({ received }: Receiver): Promise<Received> => eventually(() => received[0]);

suite(
  'webhooks',
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

    test('tell the end of a job once, signed as openai and standardwebhooks verify it', async ({
      system,
    }) => {
      await using receiver = await startReceiver();
      const jobId = await submit(system.url, { text: 'told', hook: receiver.url });
      const received = await only(receiver);
      const [secret] = await webhooksApi.secrets(system.url);
      const told = await unwrap(received, secret);
      assert.equal(new Webhook(secret ?? '').verify(received.body, { ...received.headers }), told);
      assert.equal(
        [told.object, told.type, told.data['id'], told.data['state'], told.data['text']],
        ['event', 'whisper.job.completed', jobId, 'completed', undefined],
      );
      assert.ok(Math.abs(told.created_at - Date.now() / 1000) < 60);
      assert.is(received.headers['content-type'], 'application/json');
      const shown = await inState(system.url, jobId, ({ state }) => state === 'delivered');
      assert.equal([shown.attempts, shown.lastAttempt?.status], [1, 204]);
      assert.is(told.id, received.headers['webhook-id']);
      assert.is(receiver.received.length, 1);
    });

    test('have the text where it is asked for, also of a job that was a hit, and of a request that waits', async ({
      system,
    }) => {
      await using receiver = await startReceiver();
      const fields = { webhook_text: 'true' };
      const first = await submit(system.url, { text: 'with text', hook: receiver.url, fields });
      await inState(system.url, first, ({ state }) => state === 'delivered');
      const hit = await submit(system.url, { text: 'with text', hook: receiver.url, fields });
      await inState(system.url, hit, ({ state }) => state === 'delivered');
      const waits = await postForm(
        `${system.url}/v1/audio/transcriptions?webhook_url=${encodeURIComponent(receiver.url)}`,
        pacedAudio({ text: 'with text', delayMs: 5 }),
        { fields: { model: 'tiny', ...fields } },
      );
      assert.equal([waits.status, waits.headers.get('x-cache')], [200, 'hit']);
      const third = waits.headers.get('x-job-id') ?? '';
      await inState(system.url, third, ({ state }) => state === 'delivered');
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
      const cancelled = await submit(system.url, { text: 'cancel me', delayMs: 20_000, hook: receiver.url });
      const same = await submit(system.url, { text: 'cancel me', delayMs: 20_000, hook: other.url });
      assert.is(same, cancelled);
      assert.is((await webhooksApi.ofJob(system.url, cancelled))?.state, 'waiting');
      await jobsApi.cancel(system.url, cancelled);
      const [secret] = await webhooksApi.secrets(system.url);
      for (const each of [receiver, other]) {
        const told = await unwrap(await only(each), secret);
        assert.equal([told.type, told.data['reason']], ['whisper.job.cancelled', 'requested']);
      }
      const answer = await postForm(`${system.url}/jobs`, new Blob(['no paced audio']), {
        fields: { model: 'tiny', webhook_url: receiver.url },
      });
      const { jobId } = (await answer.json()) as ShownJob;
      await inState(system.url, jobId, ({ state }) => state === 'delivered');
      const failed = await unwrap(await eventually(() => receiver.received[1]), secret);
      assert.equal([failed.type, failed.data['attempts']], ['whisper.job.failed', 3]);
    });

    test('a hanging receiver delays nobody else', async ({ system }) => {
      let open = 0;
      await using hanging = await startReceiver(() => open++);
      await using quick = await startReceiver();
      const text = 'for both';
      await submit(system.url, { text, hook: quick.url });
      await only(quick);
      for (let n = 0; n < 8; n++) await submit(system.url, { text, hook: hanging.url }); // hits: a job each
      await eventually(() => open === 4);
      const jobId = await submit(system.url, { text, hook: quick.url });
      await inState(system.url, jobId, ({ state }) => state === 'delivered');
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
      const jobId = await submit(system.url, { text: 'endless', hook: endless.url });
      await inState(system.url, jobId, ({ state }) => state === 'delivered');
      assert.ok(sent < 32 * 2 ** 20, `${sent} bytes`);

      const metadata = 'http://169.254.169.254/latest/meta-data/';
      await using sly = await startReceiver((response) =>
        response.writeHead(307, { location: metadata }).end(),
      );
      const sent2 = await submit(system.url, { text: 'sly', hook: sly.url });
      const shown = await inState(
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
      const jobId = await submit(system.url, { text: 'gone', hook: gone.url });
      const shown = await inState(system.url, jobId, ({ state }) => state === 'undelivered');
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
      const jobId = await submit(system.url, { text: 'rebound', hook });
      const shown = await inState(system.url, jobId, ({ lastAttempt }) => lastAttempt !== null);
      assert.equal([shown.state, shown.lastAttempt?.error], ['pending', 'url_refused']);
      assert.is(receiver.received.length, 0);
    });

    test('a new secret signs beside the old one, and a delivery can be had again under its id', async ({
      system,
    }) => {
      await using receiver = await startReceiver();
      const [old] = await webhooksApi.secrets(system.url);
      const secrets = await webhooksApi.rotate(system.url);
      assert.equal([secrets.length, secrets[1]], [2, old]);
      const jobId = await submit(system.url, { text: 'rotated', hook: receiver.url });
      const { id } = await inState(system.url, jobId, ({ state }) => state === 'delivered');
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
      const jobId = await submit(system.url, { text: 'to be erased', hook });
      await inState(system.url, jobId, ({ lastAttempt }) => lastAttempt !== null);
      await jobsApi.erase(system.url, jobId);
      await eventually(async () => (await webhooksApi.ofJob(system.url, jobId)) === undefined);
      await using bus = await system.servers.connect();
      for await (const { data } of readStream(bus, 'KV_webhooks', '>')) {
        assert.not.match(Buffer.from(data).toString(), 'erased-hook');
      }
    });

    test('no log has the address of a receiver, its password or a secret', async ({ system }) => {
      const hook = `http://canary:c4n4ry@127.0.0.1:${await freePort()}/canary-path?token=canary`;
      const jobId = await submit(system.url, { text: 'canary', hook });
      const shown = await inState(system.url, jobId, ({ lastAttempt }) => lastAttempt !== null);
      assert.is(shown.lastAttempt?.error, 'url_unreachable');
      assert.not.match(shown.url, 'c4n4ry');
      const logs = JSON.stringify([system.ingest, system.worker, system.scheduler].map((each) => each.log()));
      assert.not.match(logs, /canary|c4n4ry|whsec_/);
    });
  },
  { timeoutMs: 60_000 },
);

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
      const jobId = await submit(system.url, { text: 'away', hook: `http://127.0.0.1:${port}/hook` });
      await inState(system.url, jobId, ({ attempts, lastAttempt }) => attempts === 1 && lastAttempt !== null);
      await system.ingest.kill();

      const later = await system.startIngest({ CLOCK_AHEAD_MS: String(TEN_MINUTES_MS) });
      const still = await inState(
        later.url,
        jobId,
        ({ attempts, lastAttempt }) => attempts === 2 && lastAttempt !== null,
      );
      assert.equal([still.state, still.lastAttempt?.error], ['pending', 'url_unreachable']);
      await using receiver = await startReceiver(undefined, port);
      later.service.process.kill('SIGUSR2');
      const told = await inState(later.url, jobId, ({ state }) => state === 'delivered');
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
      const jobId = await submit(first.url, { text: 'away for long', hook: `http://127.0.0.1:${port}/hook` });
      await inState(first.url, jobId, ({ lastAttempt }) => lastAttempt !== null);
      await first.service.kill();

      const later = await system.startIngest({ CLOCK_AHEAD_MS: String(TWO_DAYS_MS) });
      const lost = await inState(later.url, jobId, ({ state }) => state === 'undelivered');
      const { deliveries } = await webhooksApi.list(later.url, '?state=undelivered');
      assert.equal(deliveries, [lost]);
      await using receiver = await startReceiver(undefined, port);
      await webhooksApi.redeliver(later.url, lost.id);
      await inState(later.url, jobId, ({ state }) => state === 'delivered');
      assert.is((await only(receiver)).headers['webhook-id'], lost.id);
    });
  },
  { timeoutMs: 120_000 },
);
