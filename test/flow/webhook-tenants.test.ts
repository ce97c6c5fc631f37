import OpenAI from 'openai';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import type { Bus } from '@whisper/shared/bus/connect';
import { askWithKey } from '../helpers/ask-with-key.ts';
import { eventually } from '../helpers/eventually.ts';
import { known } from '../helpers/known-key.ts';
import { makeKey } from '../helpers/make-key.ts';
import { pacedAudio } from '../helpers/paced-audio.ts';
import { startReceiver, type Receiver } from '../helpers/receiver.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

interface Context {
  system: System;
  bus: Bus;
  receiver: Receiver;
  acme: string;
  globex: string;
}

const listSchema = z.object({ deliveries: z.array(z.object({ id: z.string(), jobId: z.string() })) });
const secretsSchema = z.object({ secrets: z.array(z.string()) });
const openai = new OpenAI({ apiKey: 'none' });

const secretOf = async (url: string, key: string): Promise<string> =>
  secretsSchema.parse((await askWithKey(`${url}/webhooks/secret`, key)).body).secrets[0] ?? '';
const deliveriesOf = async (url: string, key: string): Promise<readonly { id: string; jobId: string }[]> =>
  listSchema.parse((await askWithKey(`${url}/webhooks/deliveries`, key)).body).deliveries;

suite(
  'webhooks of tenants',
  {} as Context,
  (test) => {
    test.before(async (context) => {
      context.receiver = await startReceiver();
      context.system = await startSystem({
        engine: { paced: ['tiny'] },
        env: { DEFAULT_MODEL: 'tiny', OUTBOUND_ALLOW: '127.0.0.1' },
      });
      context.bus = await context.system.servers.connect();
      const webhook = { url: context.receiver.url };
      context.acme = (await makeKey(context.bus, 'acme', { webhook })).shown;
      context.globex = (await makeKey(context.bus, 'globex')).shown;
      await known(context.acme, context.system.url);
      await known(context.globex, context.system.url);
    });
    test.after(async ({ bus, receiver, system }) => {
      await receiver[Symbol.asyncDispose](); // first: it would keep a test alive whose system did not start
      await bus[Symbol.asyncDispose]();
      await system[Symbol.asyncDispose]();
    });

    test("a key's webhook tells of its jobs, signed with its tenant's own secret", async (context) => {
      const { acme, globex, receiver, system } = context;
      const audio = pacedAudio({ text: 'of acme', delayMs: 5 });
      assert.is((await askWithKey(`${system.url}/jobs`, acme, { audio })).status, 202);
      const { body, headers } = await eventually(() => receiver.received[0]);
      const [ours, theirs] = [await secretOf(system.url, acme), await secretOf(system.url, globex)];
      assert.is.not(ours, theirs);
      await openai.webhooks.unwrap(body, headers, ours);
      const forged = await openai.webhooks.unwrap(body, headers, theirs).catch(() => 'refused');
      assert.is(forged, 'refused');
    });

    test('nobody sees, or sends again, what is told to others', async ({ acme, globex, system }) => {
      const [delivery] = await deliveriesOf(system.url, acme);
      assert.ok(delivery);
      assert.equal(await deliveriesOf(system.url, globex), []);
      const path = `${system.url}/webhooks/deliveries/${delivery.id}`;
      for (const [key, seen] of [
        [globex, 404],
        [acme, 200],
      ] as const) {
        assert.is((await askWithKey(path, key)).status, seen);
        const again = await askWithKey(`${path}/redeliver`, key, { method: 'POST' });
        assert.is(again.status, seen === 200 ? 202 : 404);
      }
    });

    test('of the store each reads its own inputs', async ({ globex, system }) => {
      const url = `${system.url}/transcribe?url=s3://audio/inputs/acme/talk.wav`;
      assert.is((await askWithKey(url, globex, { method: 'POST' })).code, 'url_refused');
      const own = url.replace('acme', 'globex');
      assert.is((await askWithKey(own, globex, { method: 'POST' })).code, 'url_unreachable');
    });
  },
  { timeoutMs: 60_000 },
);
