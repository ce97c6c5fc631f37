import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Bus } from '@whisper/shared/bus/connect';
import { eventually } from '../helpers/eventually.ts';
import { replayEvents } from '../helpers/job-events.ts';
import { jobsApi, type ShownJob } from '../helpers/jobs-api.ts';
import { removeBlobs } from '../helpers/list-blobs.ts';
import { pacedAudio, pacedSegments } from '../helpers/paced-audio.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

interface Context {
  system: System;
  bus: Bus;
}

const submit = async ({ system }: Context, audio: Blob): Promise<string> =>
  (await jobsApi.submit(system.url, audio, 'tiny')).body.jobId;

const inState = ({ system }: Context, jobId: string, state: string): Promise<ShownJob> =>
  eventually(async () => {
    const { body } = await jobsApi.get(system.url, jobId);
    return body.state === state ? body : undefined;
  });

const ends = async ({ bus }: Context, jobId: string): Promise<readonly string[]> =>
  (await replayEvents(bus, jobId))
    .map(({ type }) => type.slice('whisper.job.'.length))
    .filter((kind) => ['completed', 'failed', 'cancelled'].includes(kind));

const deadLetters = async ({ bus }: Context): Promise<number> =>
  (await bus.manager.streams.info('DEAD')).state.messages;

suite(
  'trying a job again',
  {} as Context,
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({
        engine: { paced: ['tiny'] },
        slots: 1,
        env: { MAX_ATTEMPTS: '1' },
      });
      context.bus = await context.system.servers.connect();
    });
    test.after(async ({ system, bus }) => {
      await bus[Symbol.asyncDispose]();
      await system[Symbol.asyncDispose]();
    });

    test('one that failed runs again under its id, and has one end', async (context) => {
      const { url, servers } = context.system;
      const crashOnce = { before: 1, marker: join(servers.directory, 'crashed') };
      const jobId = await submit(context, pacedSegments([' one', ' two'], 5, { crashOnce }));
      await inState(context, jobId, 'failed');
      await eventually(async () => (await deadLetters(context)) === 1);
      const { body, headers, status } = await jobsApi.retry(url, jobId);
      assert.equal([status, body.state, body.error], [202, 'queued', null]);
      assert.is(headers.get('location'), `/jobs/${jobId}`);
      assert.is((await inState(context, jobId, 'completed')).attempts, 2);
      assert.equal((await jobsApi.text(url, jobId)).body, { text: 'one two' });
      await eventually(async () => (await ends(context, jobId)).join() === 'completed');
      assert.is(await deadLetters(context), 0, 'nothing is left to replay');
    });

    test('one that was cancelled too, and may be cancelled again', async (context) => {
      const { url } = context.system;
      const jobId = await submit(context, pacedSegments([' a', ' b', ' c'], 700));
      for (let round = 0; round < 2; round++) {
        await inState(context, jobId, 'running');
        await jobsApi.cancel(url, jobId);
        assert.equal(await ends(context, jobId), ['cancelled']);
        const [first, second] = await Promise.all([
          jobsApi.retry(url, jobId),
          jobsApi.retry(url, jobId).catch(() => undefined), // one of them may be too late: then it is refused
        ]);
        assert.ok([first.status, second?.status].includes(202));
      }
      assert.is((await inState(context, jobId, 'completed')).error, null);
      assert.equal((await jobsApi.text(url, jobId)).body, { text: 'a b c' });
      await eventually(async () => (await ends(context, jobId)).join() === 'completed');
    });

    test('what waits, runs or is completed, what is unknown, and what has no audio any more, is refused', async (context) => {
      const { url, servers } = context.system;
      const refused = { status: 409, code: 'job_not_retryable' };
      const retryError = (jobId: string): Promise<{ status: number; code: string }> =>
        jobsApi.error(url, `/jobs/${jobId}/retry`, 'POST');
      const running = await submit(context, pacedAudio({ text: 'runs', delayMs: 60_000 }));
      const waiting = await submit(context, pacedAudio({ text: 'waits', delayMs: 5 }));
      await inState(context, running, 'running');
      assert.equal([await retryError(running), await retryError(waiting)], [refused, refused]);
      await jobsApi.cancel(url, running);
      await inState(context, waiting, 'completed');
      assert.equal(await retryError(waiting), refused);
      assert.equal(await retryError('nobody'), { status: 404, code: 'unknown_job' });
      await removeBlobs(servers.s3, 'audio/');
      assert.equal(await retryError(running), refused);
    });
  },
  { timeoutMs: 120_000 },
);
