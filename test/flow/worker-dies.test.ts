import * as assert from 'uvu/assert';
import { replayEvents } from '../helpers/job-events.ts';
import { eventually } from '../helpers/eventually.ts';
import { pacedAudio } from '../helpers/paced-audio.ts';
import { postAudio, type Posted } from '../helpers/post-audio.ts';
import type { Service } from '../helpers/start-service.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

/** Waits until one more attempt has been told to subscribers than there had been before. */
async function oneMoreStarted(
  system: System,
  submit: () => Promise<Posted>,
): Promise<{ waiting: Promise<Posted> }> {
  await using bus = await system.servers.connect();
  const count = async (): Promise<number> => {
    const { state } = await bus.manager.streams.info('EVENTS', { subjects_filter: 'events.started.*' });
    return Object.values(state.subjects ?? {}).reduce((sum, each) => sum + each, 0);
  };
  const before = await count();
  const waiting = submit();
  await eventually(async () => (await count()) > before);
  return { waiting };
}

const post = (system: System, text: string, delayMs: number): Promise<Posted> =>
  postAudio(system.url, pacedAudio({ text, delayMs }), { query: '?model=tiny' });

suite(
  'a worker dies',
  {} as { system: System; alive: Service },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({ engine: { paced: ['tiny'] }, slots: 1 });
      context.alive = context.system.worker;
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('its job is finished by another, and who waits gets the text', async (context) => {
      const { system, alive } = context;
      const { waiting } = await oneMoreStarted(system, () => post(system, 'survived', 3_000));
      const killedMs = performance.now();
      await alive.kill();
      context.alive = await system.startWorker();
      const answer = await waiting;
      assert.is(answer.status, 200);
      assert.is(answer.text, 'survived');
      assert.ok(performance.now() - killedMs < 40_000);

      await using bus = await system.servers.connect();
      const events = await replayEvents(bus, answer.headers.get('x-job-id') ?? '');
      assert.is(events.filter(({ type }) => type === 'whisper.job.completed').length, 1);
      assert.is(events.filter(({ type }) => type === 'whisper.job.started').length, 2);
      await eventually(() => context.alive.log().some(({ msg }) => msg === 'job completed'));
    });

    test('a worker that is told to stop hands its job back at the end of its drain time', async (context) => {
      const { system, alive: stopping } = context;
      const { waiting } = await oneMoreStarted(system, () => post(system, 'handed over', 15_000));
      context.alive = await system.startWorker();
      assert.is(await stopping.stop(), 0);
      assert.is((await waiting).text, 'handed over');
      const handedBack = stopping.log().find(({ msg }) => msg === 'attempt failed');
      assert.is(handedBack?.['verdict'], 'handed back');
      await eventually(() => context.alive.log().some(({ msg }) => msg === 'job completed'));
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
      const failed = await replayEvents(bus, headers.get('x-job-id') ?? '');
      assert.is(failed.at(-1)?.type, 'whisper.job.failed');
      const work = await bus.manager.streams.info('WORK_CPU');
      assert.is(work.state.messages, 0);
    });
  },
  { timeoutMs: 120_000 },
);
