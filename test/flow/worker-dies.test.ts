import * as assert from 'uvu/assert';
import { replayEvents } from '../helpers/job-events.ts';
import { eventually } from '../helpers/eventually.ts';
import { pacedAudio } from '../helpers/paced-audio.ts';
import { postAudio } from '../helpers/post-audio.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

const started = (system: System): Promise<unknown> =>
  eventually(async () => {
    const status = (await (await fetch(`${system.url}/status`)).json()) as {
      queues: { cpu: { light: { running: number } } };
    };
    return status.queues.cpu.light.running > 0;
  });

suite(
  'a worker dies',
  {} as { system: System },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({ engine: { paced: ['tiny'] }, slots: 1 });
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('its job is finished by another, and who waits gets the text', async ({ system }) => {
      const waiting = postAudio(system.url, pacedAudio({ text: 'survived', delayMs: 3_000 }), {
        query: '?model=tiny',
      });
      await started(system);
      const killedMs = performance.now();
      await system.worker.kill();
      const other = await system.startWorker();
      const answer = await waiting;
      assert.is(answer.status, 200);
      assert.is(answer.text, 'survived');
      assert.ok(performance.now() - killedMs < 25_000);

      await using bus = await system.servers.connect();
      const events = await replayEvents(bus, answer.headers.get('x-job-id') ?? '');
      assert.is(events.filter(({ type }) => type === 'whisper.job.completed').length, 1);
      assert.is(events.filter(({ type }) => type === 'whisper.job.started').length, 2);
      assert.ok(other.log().some(({ msg }) => msg === 'job completed'));
    });

    test('a worker that is told to stop hands its job back at the end of its drain time', async ({
      system,
    }) => {
      const stopping = await system.startWorker();
      const waiting = postAudio(system.url, pacedAudio({ text: 'handed over', delayMs: 7_000 }), {
        query: '?model=tiny',
      });
      await started(system);
      assert.is(await stopping.stop(), 0);
      assert.is((await waiting).text, 'handed over');
    });

    test('a job that kills its engine each time fails after its attempts, and others go on', async ({
      system,
    }) => {
      const poison = postAudio(system.url, pacedAudio({ text: '', delayMs: 0, fault: 'crash' }), {
        query: '?model=tiny',
      });
      const healthy = await postAudio(system.url, pacedAudio({ text: 'fine', delayMs: 10 }), {
        query: '?model=tiny',
      });
      assert.is(healthy.text, 'fine');
      const { status, error, headers } = await poison;
      assert.is(status, 500);
      assert.is(error?.code, 'engine_failed');
      await using bus = await system.servers.connect();
      const dead = await bus.manager.streams.info('DEAD', { subjects_filter: '>' });
      assert.equal(dead.state.subjects, { 'dead.cpu.light': 1 });
      assert.is(headers.get('x-job-id'), null);
      const work = await bus.manager.streams.info('WORK_CPU');
      assert.is(work.state.messages, 0);
    });
  },
  { timeoutMs: 60_000 },
);
