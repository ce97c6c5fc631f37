import OpenAI, { RateLimitError, toFile } from 'openai';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import type { Bus } from '@whisper/shared/bus/connect';
import { askWithKey, type Told } from '../helpers/ask-with-key.ts';
import { eventually } from '../helpers/eventually.ts';
import { known } from '../helpers/known-key.ts';
import { makeKey } from '../helpers/make-key.ts';
import { pacedAudio, pacedSegments, type PacedAudio } from '../helpers/paced-audio.ts';
import { runCtl } from '../helpers/run-ctl.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';
import { usageOf } from '../helpers/usage-of.ts';

interface Context {
  system: System;
  other: string;
  bus: Bus;
}

const transcribe = (url: string, key: string, audio: PacedAudio): Promise<Told> =>
  askWithKey(`${url}/transcribe`, key, { audio: pacedAudio(audio) });
const submit = (url: string, key: string, audio: PacedAudio): Promise<Told> =>
  askWithKey(`${url}/jobs`, key, { audio: pacedAudio(audio) });

suite(
  "keys' limits",
  {} as Context,
  (test) => {
    test.before(async (context) => {
      const engine = { paced: ['tiny'] };
      context.system = await startSystem({ engine, slots: 3, env: { DEFAULT_MODEL: 'tiny' } });
      context.other = (await context.system.startIngest()).url;
      context.bus = await context.system.servers.connect();
    });
    test.after(async ({ bus, system }) => {
      await bus[Symbol.asyncDispose]();
      await system[Symbol.asyncDispose]();
    });

    test('requests a minute are counted by all ingests together, and every answer says what is left', async ({
      bus,
      other,
      system,
    }) => {
      const { shown } = await makeKey(bus, 'rate', { limits: { requestsPerMinute: 12 } });
      const answers: Told[] = [];
      const ask = async (url: string): Promise<boolean> => {
        const answer = await askWithKey(`${url}/v1/models`, shown);
        if (answer.status !== 401) answers.push(answer); // else it has not heard of the key yet
        return answer.status === 429;
      };
      while (answers.length < 12) assert.not.ok(await ask(system.url));
      await eventually(() => ask(other), { everyMs: 100 });
      const last = answers.at(-1);
      const taken = answers.filter(({ status }) => status === 200).length;
      // Refilled at one in 5 s; what the other one takes before it is told (200 ms) is spent twice.
      assert.ok(taken >= 12 && taken < 24, `${taken} taken`);
      assert.is(last?.status, 429);
      assert.equal(
        (last?.body as { error: { code: string; type: string } }).error.code,
        'rate_limit_exceeded',
      );
      assert.ok(Number(last?.headers.get('retry-after')) >= 1);
      assert.is(last?.headers.get('x-ratelimit-remaining-requests'), '0');
      for (const { headers } of answers) {
        assert.is(headers.get('x-ratelimit-limit-requests'), '12');
        assert.match(headers.get('x-ratelimit-reset-requests') ?? '', /^(?:\d+m)?\d+(?:\.\d+)?m?s$/);
      }
    });

    test('a place in flight is free again when its job has ended; what needs none is answered', async ({
      bus,
      other,
      system,
    }) => {
      const { shown } = await makeKey(bus, 'places', { limits: { jobsInFlight: 2 } });
      await known(shown, system.url, other);
      const running = { text: 'first', delayMs: 3_000 };
      assert.is((await submit(system.url, shown, running)).status, 202);
      assert.is((await submit(other, shown, { text: 'second', delayMs: 3_000 })).status, 202);
      const refused = await submit(other, shown, { text: 'third', delayMs: 0 });
      assert.equal([refused.status, refused.code], [429, 'too_many_jobs']);
      assert.ok(Number(refused.headers.get('retry-after')) > 0);
      const joined = await transcribe(system.url, shown, running);
      assert.equal([joined.status, joined.headers.get('x-cache')], [200, 'joined']);
      await eventually(
        async () => (await transcribe(other, shown, { text: 'third', delayMs: 0 })).status === 200,
      );
    });

    test('twenty at once at two ingests: as many run as may', async ({ bus, other, system }) => {
      const { shown } = await makeKey(bus, 'burst', { limits: { jobsInFlight: 5 } });
      await known(shown, system.url, other);
      const asked = Array.from({ length: 20 }, (_, n) =>
        submit(n % 2 === 0 ? system.url : other, shown, { text: `burst ${n}`, delayMs: 10_000 }),
      );
      const statuses = (await Promise.all(asked)).map(({ status }) => status);
      assert.is(statuses.filter((status) => status === 202).length, 5);
      assert.is(statuses.filter((status) => status === 429).length, 15);
    });

    test("a day's seconds are used up by real work only, and then told as OpenAI does", async ({
      bus,
      other,
      system,
    }) => {
      const { key, shown } = await makeKey(bus, 'daily', { limits: { audioSecondsPerDay: 3 } });
      await known(shown, system.url, other);
      const audio = { audio: pacedSegments([' one', ' two', ' three'], 10) };
      assert.is((await askWithKey(`${system.url}/transcribe`, shown, audio)).status, 200);
      await eventually(async () => (await usageOf(system.url, shown)).audioSeconds === 3);
      const openai = new OpenAI({ baseURL: `${system.url}/v1`, apiKey: shown }); // with its own retries
      const refused = await openai.audio.transcriptions
        .create({ model: 'whisper-1', file: await toFile(Buffer.from('new audio'), 'a.wav') })
        .catch((error: unknown) => error);
      assert.instance(refused, RateLimitError);
      const { code, headers, type } = refused as RateLimitError;
      assert.equal([code, type], ['insufficient_quota', 'insufficient_quota']);
      assert.is(headers.get('x-should-retry'), 'false');
      assert.ok(Number(headers.get('retry-after')) <= 86_400);
      const shownByCtl = await runCtl(system.servers.natsEnv, 'keys', 'show', key.keyId);
      assert.match(shownByCtl.stdout, /\d{4}-\d{2}-\d{2} +1 +3\.0/);
    });

    test('a job is counted once though its worker was killed, and its answers from the cache not at all', async ({
      bus,
      other,
      system,
    }) => {
      const { shown } = await makeKey(bus, 'counted');
      await known(shown, system.url, other);
      const victim = await system.startWorker();
      await system.worker.stop();
      const audio = pacedSegments([' a', ' b', ' c', ' d'], 700);
      const { body } = await askWithKey(`${system.url}/jobs`, shown, { audio });
      const { jobId } = z.object({ jobId: z.string() }).parse(body);
      await eventually(async () => {
        const { body: job } = await askWithKey(`${system.url}/jobs/${jobId}`, shown);
        return (job as { state: string }).state === 'running';
      });
      await victim.kill();
      await system.startWorker();
      const joined = await askWithKey(`${system.url}/transcribe`, shown, { audio });
      assert.equal(joined.body, { text: 'a b c d' });
      const hit = await askWithKey(`${system.url}/transcribe`, shown, { audio });
      assert.is(hit.headers.get('x-cache'), 'hit');
      await transcribe(system.url, shown, { text: 'one more', delayMs: 0 }); // 1 s: counted after what came before
      await eventually(async () => (await usageOf(system.url, shown)).jobs >= 2);
      assert.equal(await usageOf(system.url, shown), { jobs: 2, audioSeconds: 5 });
    });
  },
  { timeoutMs: 90_000 },
);
