import { createHash } from 'node:crypto';
import * as assert from 'uvu/assert';
import type { Bus } from '@whisper/shared/bus/connect';
import { openJobRecords } from '@whisper/shared/storage/job-records';
import { eventually } from '../helpers/eventually.ts';
import { replayEvents } from '../helpers/job-events.ts';
import { jobsApi, type ShownJob } from '../helpers/jobs-api.ts';
import { pacedAudio } from '../helpers/paced-audio.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

interface Context {
  system: System;
  bus: Bus;
}

interface Sent {
  readonly key: string;
  readonly audio: Blob;
  readonly path?: string;
}

function send(url: string, { audio, key, path = '/jobs?model=tiny' }: Sent): Promise<Response> {
  const form = new FormData();
  form.set('file', audio, 'audio');
  return fetch(`${url}${path}`, { method: 'POST', body: form, headers: { 'Idempotency-Key': key } });
}

const jobOf = async (answer: Response): Promise<ShownJob> => (await answer.json()) as ShownJob;
const codeOf = async (answer: Response): Promise<unknown[]> => [
  answer.status,
  ((await answer.json()) as { error: { code: string } }).error.code,
];

const completed = (url: string, jobId: string): Promise<ShownJob> =>
  eventually(async () => {
    const { body } = await jobsApi.get(url, jobId);
    return body.state === 'completed' ? body : undefined;
  });

const starts = async (bus: Bus, jobId: string): Promise<number> =>
  (await replayEvents(bus, jobId)).filter(({ type }) => type === 'whisper.job.started').length;

suite(
  'Idempotency-Key',
  {} as Context,
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({
        engine: { paced: ['tiny'] },
        slots: 2,
        env: { MAX_ATTEMPTS: '1' },
      });
      context.bus = await context.system.servers.connect();
    });
    test.after(async ({ system, bus }) => {
      await bus[Symbol.asyncDispose]();
      await system[Symbol.asyncDispose]();
    });

    test('the same request again is the same job, also when its text was there already', async ({
      system: { url },
    }) => {
      const audio = pacedAudio({ text: 'once', delayMs: 5 });
      const first = await send(url, { key: 'once', audio });
      assert.is(first.headers.get('idempotent-replayed'), null);
      const { jobId } = await jobOf(first);
      await completed(url, jobId);
      const again = await send(url, { key: 'once', audio });
      assert.equal([again.status, again.headers.get('idempotent-replayed')], [202, 'true']);
      assert.equal([(await jobOf(again)).jobId, again.headers.get('location')], [jobId, `/jobs/${jobId}`]);

      const hits = [];
      for (let n = 0; n < 2; n++) hits.push((await jobOf(await send(url, { key: 'hit', audio }))).jobId);
      assert.is(hits[0], hits[1]);
      assert.is.not(hits[0], jobId, 'another key is another job');
    });

    test('who waits for the text gets it again, and a failure is the same failure', async ({
      system: { url },
    }) => {
      const path = '/transcribe?model=tiny';
      const audio = pacedAudio({ text: 'the text', delayMs: 5 });
      for (let n = 0; n < 2; n++) {
        const answer = await send(url, { key: 'text', audio, path });
        assert.equal(await answer.json(), { text: 'the text' });
      }
      const broken = pacedAudio({ text: '', delayMs: 5, fault: 'crash' });
      const failures = [];
      for (let n = 0; n < 2; n++) failures.push(await send(url, { key: 'broken', audio: broken, path }));
      const [first, second] = failures.map((answer) => answer.headers.get('x-job-id'));
      assert.is(first, second);
      for (const answer of failures) assert.equal(await codeOf(answer), [500, 'engine_failed']);
    });

    test('with other bytes, other parameters or on another path it is 422', async ({ system: { url } }) => {
      const audio = pacedAudio({ text: 'kept', delayMs: 5 });
      assert.is((await send(url, { key: 'kept', audio })).status, 202);
      const others = [
        { audio: pacedAudio({ text: 'other', delayMs: 5 }) },
        { audio, path: '/jobs?model=tiny&language=de' },
        { audio, path: '/transcribe?model=tiny' },
      ];
      for (const other of others) {
        const answer = await send(url, { key: 'kept', ...other });
        assert.equal(await codeOf(answer), [422, 'idempotency_key_reused']);
      }
      const openai = await send(url, {
        key: 'kept',
        audio,
        path: '/v1/audio/transcriptions?model=tiny',
      });
      assert.equal(await codeOf(openai), [422, 'idempotency_key_reused']);
    });

    test('many at once, at two ingests, are one job that runs once', async ({ bus, system }) => {
      const other = await system.startIngest();
      const audio = pacedAudio({ text: 'many', delayMs: 200 });
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, n) => send(n % 2 ? other.url : system.url, { key: 'many', audio })),
      );
      const ids = new Set(await Promise.all(answers.map(async (answer) => (await jobOf(answer)).jobId)));
      assert.is(ids.size, 1);
      const [jobId = ''] = ids;
      await completed(system.url, jobId);
      assert.is(await starts(bus, jobId), 1);
    });

    test('a key must be short and visible', async ({ system: { url } }) => {
      const audio = pacedAudio({ text: 'refused', delayMs: 5 });
      for (const key of ['x'.repeat(256), 'two words', 'ümlaut']) {
        assert.equal(await codeOf(await send(url, { key, audio })), [400, 'invalid_option'], key);
      }
      assert.is((await send(url, { key: 'x'.repeat(255), audio })).status, 202);
    });

    test('killed before it was queued: sent again, it becomes the job that it was to be', async ({
      bus,
      system: { url },
    }) => {
      // What a killed ingest leaves behind: the key and the claim, no message and no record.
      const audio = pacedAudio({ text: 'before', delayMs: 5 });
      const known = await jobOf(await send(url, { key: 'before', audio }));
      await completed(url, known.jobId);
      const records = await openJobRecords(bus);
      const record = await records.get(known.jobId);
      assert.ok(record);
      const jobs = 'KV_jobs';
      await bus.manager.streams.purge(jobs, { filter: `$KV.jobs.job.${known.jobId}` });
      await bus.manager.streams.purge('KV_results', { filter: `$KV.results.${record.resultKey}` });
      await bus.manager.streams.purge('EVENTS', { filter: `events.*.${known.jobId}` });
      await bus.manager.streams.purge('INTAKE');
      const again = await jobOf(await send(url, { key: 'before', audio }));
      assert.is(again.jobId, known.jobId);
    });

    test('killed before it answered: sent again elsewhere, it is the same job, which ran once', async ({
      bus,
      system,
    }) => {
      const audio = pacedAudio({ text: 'after', delayMs: 1_500 });
      const sha256 = createHash('sha256')
        .update(Buffer.from(await audio.arrayBuffer()))
        .digest('hex');
      const other = await system.startIngest();
      const path = '/transcribe?model=tiny';
      const cut = send(other.url, { key: 'after', audio, path }).catch(() => undefined);
      const records = await openJobRecords(bus);
      const jobId = await eventually(async () => (await records.inFlight(`${sha256}.tiny`))?.value);
      await other.service.kill();
      assert.is(await cut, undefined);
      const again = await send(system.url, { key: 'after', audio, path });
      assert.is(again.headers.get('x-job-id'), jobId);
      assert.equal(await again.json(), { text: 'after' });
      assert.is(await starts(bus, jobId), 1);
    });

    test('a key whose job was erased starts anew', async ({ system: { url } }) => {
      const audio = pacedAudio({ text: 'erased', delayMs: 5 });
      const { jobId } = await jobOf(await send(url, { key: 'erased', audio }));
      await completed(url, jobId);
      await jobsApi.erase(url, jobId);
      const again = await jobOf(await send(url, { key: 'erased', audio }));
      assert.is.not(again.jobId, jobId);
      await completed(url, again.jobId);
    });
  },
  { timeoutMs: 90_000 },
);
