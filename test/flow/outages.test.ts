import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { eventually } from '../helpers/eventually.ts';
import { queueDepth } from '../helpers/queue-depth.ts';
import { pacedAudio } from '../helpers/paced-audio.ts';
import { postAudio, type Posted } from '../helpers/post-audio.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

/** ingest may go by a count of the queue that is this old. */
const COUNT_AGE_MS = 600;
/** Jobs on a machine at work take longer than the speed that the first answer was reckoned with. */
const TRIES = 3;

const post = (system: System, text: string, delayMs = 5): Promise<Posted> =>
  postAudio(system.url, pacedAudio({ text, delayMs }), { query: '?model=tiny' });

/** SIGSTOP is a server that is there and says nothing; refusals must come all the same, soon. */
async function refusedSoon(system: System, code: string): Promise<void> {
  const startedMs = performance.now();
  const answer = await eventually(
    async () => {
      const answer = await post(system, `refused ${performance.now()}`);
      return answer.status === 503 ? answer : undefined;
    },
    { timeoutMs: 120_000 },
  );
  assert.is(answer.error?.code, code);
  assert.ok(Number(answer.headers.get('retry-after')) > 0);
  assert.ok(performance.now() - startedMs < 40_000);
}

suite(
  'outages',
  {} as { system: System },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({ engine: { paced: ['tiny'] }, slots: 1, queueLimit: 3 });
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('a full queue refuses before the body is read, and what was accepted is finished', async ({
      system,
    }) => {
      await using bus = await system.servers.connect();
      const accepted = [1, 2, 3].map((n) => post(system, `slow ${n}`, 4_000));
      await eventually(async () => (await queueDepth(bus, 'light')) === 3);
      await sleep(COUNT_AGE_MS);
      const refused = await post(system, 'one too many');
      assert.is(refused.status, 503);
      assert.is(refused.error?.code, 'queue_full');
      let asked = refused;
      for (let tries = 0; asked.status === 503 && tries < TRIES; tries++) {
        const retryAfterSeconds = Number(asked.headers.get('retry-after'));
        assert.ok(retryAfterSeconds > 0);
        await sleep(retryAfterSeconds * 1_000 + COUNT_AGE_MS);
        asked = await post(system, 'asked again in time');
      }
      assert.is(asked.text, 'asked again in time');
      assert.equal(
        (await Promise.all(accepted)).map(({ text }) => text),
        ['slow 1', 'slow 2', 'slow 3'],
      );
    });

    test('MinIO silent: 503 with Retry-After; when it is back, all is well', async ({ system }) => {
      const pid = system.servers.minio.pid ?? 0;
      process.kill(pid, 'SIGSTOP');
      try {
        await refusedSoon(system, 'storage_unavailable');
        assert.is((await fetch(`${system.url}/readyz`)).status, 503);
        assert.is((await fetch(`${system.url}/livez`)).status, 200);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      await eventually(async () => (await post(system, 'minio is back')).text === 'minio is back', {
        timeoutMs: 20_000,
      });
    });

    test('NATS gone: 503 with Retry-After, at once', async ({ system }) => {
      process.kill(system.servers.nats.pid ?? 0, 'SIGKILL');
      await refusedSoon(system, 'queue_unavailable');
      const status = await fetch(`${system.url}/status`);
      assert.is(status.status, 503);
    });
  },
  { timeoutMs: 120_000 },
);
