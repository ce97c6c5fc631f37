import * as assert from 'uvu/assert';
import { z } from 'zod';
import type { Bus } from '@whisper/shared/bus/connect';
import { askWithKey, type Told } from '../helpers/ask-with-key.ts';
import { eventually } from '../helpers/eventually.ts';
import { known } from '../helpers/known-key.ts';
import { makeKey } from '../helpers/make-key.ts';
import { pacedAudio, pacedSegments } from '../helpers/paced-audio.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';
import { usageOf } from '../helpers/usage-of.ts';

interface Context {
  system: System;
  other: string;
  bus: Bus;
}

const jobSchema = z.object({ jobId: z.string(), state: z.string() });

const submit = (url: string, key: string, audio: Blob): Promise<Told> =>
  askWithKey(`${url}/jobs`, key, { audio });
const retry = (url: string, key: string, jobId: string): Promise<Told> =>
  askWithKey(`${url}/jobs/${jobId}/retry`, key, { method: 'POST' });
const cancel = (url: string, key: string, jobId: string): Promise<Told> =>
  askWithKey(`${url}/jobs/${jobId}`, key, { method: 'DELETE' });
const long = (text: string): Blob => pacedAudio({ text, delayMs: 60_000 });

async function cancelledJob(url: string, key: string, audio: Blob): Promise<string> {
  const { jobId } = jobSchema.parse((await submit(url, key, audio)).body);
  assert.is((await cancel(url, key, jobId)).status, 200);
  return jobId;
}

suite(
  'trying again within the limits of a key',
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

    test('a retry takes a place in flight, and gives it back at its end', async ({
      bus,
      system: { url },
    }) => {
      const { shown } = await makeKey(bus, 'place', { limits: { jobsInFlight: 1 } });
      await known(shown, url);
      const again = await cancelledJob(url, shown, pacedSegments([' once', ' more'], 500));
      const running = jobSchema.parse((await submit(url, shown, long('runs'))).body);
      const refused = await retry(url, shown, again);
      assert.equal([refused.status, refused.code], [429, 'too_many_jobs']);
      assert.ok(Number(refused.headers.get('retry-after')) > 0);

      await cancel(url, shown, running.jobId);
      await eventually(async () => (await retry(url, shown, again)).status === 202);
      assert.is((await submit(url, shown, long('too many'))).code, 'too_many_jobs');
      await eventually(async () => (await submit(url, shown, long('next'))).status === 202);
      const { body } = await askWithKey(`${url}/jobs/${again}`, shown);
      assert.is(jobSchema.parse(body).state, 'completed');
    });

    test('many at once at two ingests: as many run as may', async ({ bus, other, system: { url } }) => {
      const { shown } = await makeKey(bus, 'burst', { limits: { jobsInFlight: 3 } });
      await known(shown, url, other);
      const jobs: string[] = [];
      for (let n = 0; n < 8; n++) jobs.push(await cancelledJob(url, shown, long(`burst ${n}`)));
      const answers = await Promise.all(jobs.map((jobId, n) => retry(n % 2 ? other : url, shown, jobId)));
      const statuses = answers.map(({ status }) => status);
      assert.is(statuses.filter((status) => status === 202).length, 3);
      assert.is(statuses.filter((status) => status === 429).length, 5);
      await Promise.all(jobs.map((jobId) => cancel(url, shown, jobId)));
    });

    test('what cannot be tried again takes none', async ({ bus, system: { url } }) => {
      const { shown } = await makeKey(bus, 'none', { limits: { jobsInFlight: 1 } });
      await known(shown, url);
      const audio = pacedAudio({ text: 'done', delayMs: 0 });
      const { jobId } = jobSchema.parse((await submit(url, shown, audio)).body);
      await eventually(
        async () =>
          jobSchema.parse((await askWithKey(`${url}/jobs/${jobId}`, shown)).body).state === 'completed',
      );
      assert.is((await retry(url, shown, jobId)).code, 'job_not_retryable');
      const next = await submit(url, shown, long('has the place'));
      assert.is(next.status, 202);
      await cancel(url, shown, jobSchema.parse(next.body).jobId);
    });

    test("a retry is its asker's job: counted for that key, and refused when its day is used up", async ({
      bus,
      system: { url },
    }) => {
      const first = (await makeKey(bus, 'shared')).shown;
      const second = (await makeKey(bus, 'shared', { limits: { audioSecondsPerDay: 2 } })).shown;
      await known(first, url);
      await known(second, url);
      const mine = await cancelledJob(url, first, pacedSegments([' one', ' two'], 100));
      const later = await cancelledJob(url, first, pacedSegments([' three'], 100));
      assert.is((await retry(url, second, mine)).status, 202);
      await eventually(async () => (await usageOf(url, second)).audioSeconds === 2);
      assert.is((await usageOf(url, first)).jobs, 0);
      const refused = await retry(url, second, later);
      assert.equal([refused.status, refused.code], [429, 'quota_exceeded']);
      assert.is((await retry(url, first, later)).status, 202);
    });

    test('trying again and telling again count as requests', async ({ bus, system: { url } }) => {
      const { shown } = await makeKey(bus, 'rate', { limits: { requestsPerMinute: 10 } });
      await known(shown, url);
      const paths = ['/jobs/nobody/retry', `/webhooks/deliveries/wh_x_${'0'.repeat(16)}/redeliver`];
      for (const path of paths) {
        const ask = (): Promise<Told> => askWithKey(`${url}${path}`, shown, { method: 'POST' });
        const { headers } = await ask();
        assert.is(headers.get('x-ratelimit-limit-requests'), '10', path);
        const refused = await eventually(async () => {
          const answer = await ask();
          return answer.status === 429 ? answer : undefined;
        });
        assert.is(refused.code, 'rate_limited');
      }
    });
  },
  { timeoutMs: 90_000 },
);
