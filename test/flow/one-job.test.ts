import { readdir } from 'node:fs/promises';
import * as assert from 'uvu/assert';
import { jobEvent, type JobEvent } from '@whisper/shared/contracts/job-event';
import { replayEvents } from '../helpers/job-events.ts';
import { pacedAudio } from '../helpers/paced-audio.ts';
import { postAudio } from '../helpers/post-audio.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

suite(
  'one job',
  {} as { system: System },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({
        engine: { paced: ['tiny'] },
        env: { EVENT_TEXT: 'true', MAX_UPLOADS: '100' },
      });
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('a subscriber gets exactly one completed event, and a replay shows it again', async ({ system }) => {
      await using bus = await system.servers.connect();
      const seen: JobEvent[] = [];
      const subscription = bus.connection.subscribe(jobEvent.filter, {
        callback: (_error, message) => {
          seen.push(jobEvent.decode(message.data));
        },
      });
      await bus.connection.flush();
      const answer = await postAudio(system.url, pacedAudio({ text: 'told', delayMs: 10 }), {
        query: '?model=tiny',
      });
      const jobId = answer.headers.get('x-job-id') ?? '';
      await bus.connection.flush();
      subscription.unsubscribe();

      const completed = seen.filter(
        ({ type, subject }) => type === 'whisper.job.completed' && subject === jobId,
      );
      assert.is(completed.length, 1);
      const replayed = await replayEvents(bus, jobId);
      assert.equal(
        replayed.map(({ type }) => type),
        ['whisper.job.queued', 'whisper.job.started', 'whisper.job.completed'],
      );
      assert.equal(replayed.at(-1), completed[0]);
      const data = completed[0]?.data;
      assert.ok(data && 'text' in data && data.text === 'told');
    });

    test('identical requests in flight run once', async ({ system }) => {
      const audio = pacedAudio({ text: 'once', delayMs: 500 });
      const answers = await Promise.all(
        Array.from({ length: 30 }, () => postAudio(system.url, audio, { query: '?model=tiny' })),
      );
      assert.ok(answers.every(({ text }) => text === 'once'));
      assert.is(new Set(answers.map(({ headers }) => headers.get('x-job-id'))).size, 1);
      const outcomes = answers.map(({ headers }) => headers.get('x-cache'));
      assert.is(outcomes.filter((outcome) => outcome === 'miss').length, 1);
      assert.is(outcomes.filter((outcome) => outcome === 'joined').length, 29);
    });

    test('two schedulers do not double work, and one may die', async ({ system }) => {
      const second = await system.startScheduler();
      await using bus = await system.servers.connect();
      const before = (await bus.manager.streams.info('WORK_CPU')).state.last_seq;
      const run = (n: number): Promise<unknown> =>
        postAudio(system.url, pacedAudio({ text: `job ${n}`, delayMs: 5 }), { query: '?model=tiny' });
      const first = Promise.all(Array.from({ length: 20 }, (_, n) => run(n)));
      await second.kill();
      await first;
      await Promise.all(Array.from({ length: 20 }, (_, n) => run(100 + n)));
      assert.is((await bus.manager.streams.info('WORK_CPU')).state.last_seq - before, 40);
    });

    test('a submission that does not parse goes to DEAD and stops nobody', async ({ system }) => {
      await using bus = await system.servers.connect();
      await bus.jetstream.publish(
        'jobs.submit.light.default',
        new TextEncoder().encode('{"nonsense": true}'),
      );
      const answer = await postAudio(system.url, pacedAudio({ text: 'still here', delayMs: 5 }), {
        query: '?model=tiny',
      });
      assert.is(answer.text, 'still here');
      const dead = await bus.manager.streams.info('DEAD', { subjects_filter: '>' });
      assert.equal(dead.state.subjects, { 'dead.intake.light': 1 });
      assert.is((await bus.manager.streams.info('INTAKE')).state.messages, 0);
    });

    test('every service stops cleanly and leaves no file', async ({ system }) => {
      const codes = await Promise.all([system.ingest.stop(), system.worker.stop(), system.scheduler.stop()]);
      assert.equal(codes, [0, 0, 0]);
      assert.equal(await readdir(`${system.servers.directory}/spool`), []);
    });
  },
  { timeoutMs: 120_000 },
);
