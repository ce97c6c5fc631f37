import * as assert from 'uvu/assert';
import type { Bus } from '@whisper/shared/bus/connect';
import { openJobRecords } from '@whisper/shared/storage/job-records';
import { eventually } from '../helpers/eventually.ts';
import { fastestSeconds } from '../helpers/fastest.ts';
import { replayEvents } from '../helpers/job-events.ts';
import { jobsApi, type ShownJob } from '../helpers/jobs-api.ts';
import { pacedAudio, type PacedAudio } from '../helpers/paced-audio.ts';
import { postAudio } from '../helpers/post-audio.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

const LONG_MS = 60_000;
const submit = async (system: System, audio: PacedAudio): Promise<ShownJob> =>
  (await jobsApi.submit(system.url, pacedAudio(audio), 'tiny')).body;

const inState = (system: System, jobId: string, state: string): Promise<ShownJob> =>
  eventually(async () => {
    const { body } = await jobsApi.get(system.url, jobId);
    return body.state === state ? body : undefined;
  });

/** Cancels a job once it runs; how long its worker took to stop it. */
async function secondsToStop(system: System, jobId: string): Promise<number> {
  await inState(system, jobId, 'running');
  const cancelledMs = performance.now();
  const { status, body } = await jobsApi.cancel(system.url, jobId);
  assert.equal([status, body.state, body.error?.code], [200, 'cancelled', 'job_cancelled']);
  await eventually(
    () => system.worker.log().some(({ msg, jobId: id }) => msg === 'job cancelled' && id === jobId),
    { everyMs: 10 },
  );
  return (performance.now() - cancelledMs) / 1000;
}

/** The kinds of events that a job has in the stream, in order. */
const kinds = async (bus: Bus, jobId: string): Promise<readonly string[]> =>
  (await replayEvents(bus, jobId)).map(({ type }) => type.slice('whisper.job.'.length));

const messages = async (bus: Bus, stream: string): Promise<number> =>
  (await bus.manager.streams.info(stream)).state.messages;

suite(
  'cancel',
  {} as { system: System; bus: Bus },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({ engine: { paced: ['tiny'] }, slots: 1 });
      context.bus = await context.system.servers.connect();
    });
    test.after(async ({ system, bus }) => {
      await bus[Symbol.asyncDispose]();
      await system[Symbol.asyncDispose]();
    });

    test('a running job stops within a second, its slot takes the next one, its event comes once', async ({
      system,
      bus,
    }) => {
      let jobId = '';
      const seconds = await fastestSeconds(async (attempt) => {
        ({ jobId } = await submit(system, { text: `never ${attempt}`, delayMs: LONG_MS }));
        return secondsToStop(system, jobId);
      });
      assert.ok(seconds < 1, 'the slot is free within a second');

      const next = await postAudio(system.url, pacedAudio({ text: 'next', delayMs: 5 }), {
        query: '?model=tiny',
      });
      assert.is(next.text, 'next');
      assert.equal(await kinds(bus, jobId), ['queued', 'started', 'cancelled']);
      await eventually(async () => (await messages(bus, 'WORK_CPU')) === 0);
    });

    test('an engine that does not listen is ended, within a second too', async ({ system }) => {
      const seconds = await fastestSeconds(async (attempt) => {
        const audio = { text: `deaf ${attempt}`, delayMs: LONG_MS, fault: 'deaf' as const };
        return secondsToStop(system, (await submit(system, audio)).jobId);
      });
      assert.ok(seconds < 1);
    });

    test('waiting jobs vanish, from the backlog and from their lane, and never start', async ({
      system,
      bus,
    }) => {
      const first = await submit(system, { text: 'first', delayMs: LONG_MS });
      await inState(system, first.jobId, 'running');
      const waiting: ShownJob[] = [];
      for (let n = 0; n < 5; n++) waiting.push(await submit(system, { text: `waiting ${n}`, delayMs: 5 }));
      await eventually(
        async () => (await messages(bus, 'INTAKE')) > 0 && (await messages(bus, 'WORK_CPU')) > 1,
      );
      const position = async (jobId = ''): Promise<number | null> =>
        (await jobsApi.get(system.url, jobId)).body.position;
      await eventually(async () => (await position(waiting[4]?.jobId)) === 5);
      for (const { jobId } of waiting.slice(0, 4)) await jobsApi.cancel(system.url, jobId);
      await eventually(async () => (await position(waiting[4]?.jobId)) === 1);
      await eventually(async () => (await messages(bus, 'INTAKE')) + (await messages(bus, 'WORK_CPU')) === 2);
      await jobsApi.cancel(system.url, first.jobId);
      await inState(system, waiting[4]?.jobId ?? '', 'completed');
      for (const { jobId } of waiting.slice(0, 4)) {
        assert.equal(await kinds(bus, jobId), ['queued', 'cancelled']);
      }
    });

    test('twice is once; unknown is 404; what has ended is 409 and stays as it is', async ({
      system,
      bus,
    }) => {
      const { jobId } = await submit(system, { text: 'twice', delayMs: LONG_MS });
      const [first, second] = await Promise.all([
        jobsApi.cancel(system.url, jobId),
        jobsApi.cancel(system.url, jobId),
      ]);
      assert.equal([first.status, second.status], [200, 200]);
      assert.is(first.body.finishedAt, second.body.finishedAt);
      assert.is((await kinds(bus, jobId)).filter((kind) => kind === 'cancelled').length, 1);

      const done = await submit(system, { text: 'done', delayMs: 5 });
      await inState(system, done.jobId, 'completed');
      const refused = { status: 409, code: 'job_ended' };
      assert.equal(await jobsApi.error(system.url, `/jobs/${done.jobId}`, 'DELETE'), refused);
      assert.equal((await jobsApi.text(system.url, done.jobId)).body, { text: 'done' });
      const unknown = { status: 404, code: 'unknown_job' };
      assert.equal(await jobsApi.error(system.url, '/jobs/nobody', 'DELETE'), unknown);
    });

    test('who waits for a job that somebody cancels is told so; the same request again runs anew', async ({
      system,
    }) => {
      const audio = pacedAudio({ text: 'wanted after all', delayMs: 1_500 });
      const waiting = postAudio(system.url, audio, { query: '?model=tiny' });
      const jobId = await eventually(async () => {
        const { body } = await jobsApi.list(system.url, '?state=running');
        return body.jobs[0]?.jobId;
      });
      await jobsApi.cancel(system.url, jobId);
      const { status, error } = await waiting;
      assert.equal([status, error?.code], [409, 'job_cancelled']);
      const again = await postAudio(system.url, audio, { query: '?model=tiny' });
      assert.is(again.text, 'wanted after all');
    });

    test('a cancel and an end that meet: one of them holds, and only that one is told', async ({
      system,
      bus,
    }) => {
      const delaysMs = [0, 20, 40, 60, 80, 100, 120, 140];
      for (const delayMs of delaysMs) {
        const { jobId } = await submit(system, { text: `race ${delayMs}`, delayMs });
        await eventually(async () => (await jobsApi.get(system.url, jobId)).body.state !== 'queued');
        await fetch(`${system.url}/jobs/${jobId}`, { method: 'DELETE' });
        const { body } = await jobsApi.get(system.url, jobId);
        await eventually(async () => (await messages(bus, 'WORK_CPU')) === 0);
        assert.is((await jobsApi.get(system.url, jobId)).body.state, body.state, 'an end is final');
        const ends = (await kinds(bus, jobId)).filter((kind) => !['queued', 'started'].includes(kind));
        assert.equal(ends, [body.state]);
      }
    });

    test('a result that comes after the cancel is not told, and a delivery after it is dropped', async ({
      system,
      bus,
    }) => {
      const records = await openJobRecords(bus);
      const blocker = await submit(system, { text: 'blocker', delayMs: 1_000 });
      const { jobId } = await submit(system, { text: 'dropped', delayMs: 5 });
      // As when the event is lost: the record alone says it.
      const found = await records.get(jobId);
      assert.ok(found);
      await records.change({ value: found }, (current) => ({
        ...current,
        state: 'cancelled',
        finishedAt: new Date().toISOString(),
        error: { code: 'job_cancelled', message: 'the job was cancelled' },
      }));
      await inState(system, blocker.jobId, 'completed');
      await eventually(async () => (await kinds(bus, jobId)).includes('cancelled'));
      await eventually(async () => (await messages(bus, 'WORK_CPU')) === 0);
      assert.equal(await kinds(bus, jobId), ['queued', 'cancelled']);
    });
  },
  { timeoutMs: 120_000 },
);
