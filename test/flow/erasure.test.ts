import { createHash } from 'node:crypto';
import * as assert from 'uvu/assert';
import { freePort } from '@whisper/infra/processes/free-port';
import type { Bus } from '@whisper/shared/bus/connect';
import { eventually } from '../helpers/eventually.ts';
import { jobsApi, type ShownJob } from '../helpers/jobs-api.ts';
import { pacedAudio, pacedSegments, type PacedAudio } from '../helpers/paced-audio.ts';
import { scanStores } from '../helpers/scan-stores.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';
import { webhooksApi } from '../helpers/webhooks-api.ts';

/** Promised. */
const ERASED_MS = 60_000;
/** So many that some are on their lane and some in the backlog; each is asked for at once with the others. */
const WAITING = 12;

interface Context {
  system: System;
  bus: Bus;
  /** Nobody listens there: what is to be told waits. */
  hookPort: number;
}

/** A recording whose text, name, hash and receiver can be looked for. */
interface Secret {
  readonly audio: Blob;
  readonly fileName: string;
  readonly hookPath: string;
  readonly needles: readonly string[];
}

async function secret(word: string, delayMs: number, more: Partial<PacedAudio> = {}): Promise<Secret> {
  const audio = pacedSegments([` ${word}-first`, ` ${word}-second`, ` ${word}-third`], delayMs, more);
  const sha256 = createHash('sha256')
    .update(Buffer.from(await audio.arrayBuffer()))
    .digest('hex');
  return { audio, fileName: `${word}-name.wav`, hookPath: `${word}-hook`, needles: [word, sha256] };
}

async function submit({ hookPort, system }: Context, { hookPath, ...secret }: Secret): Promise<ShownJob> {
  const { audio, fileName } = secret;
  const hook = encodeURIComponent(`http://127.0.0.1:${hookPort}/${hookPath}`);
  const path = `/jobs?webhook_url=${hook}&webhook_text=true`;
  return (await jobsApi.submit(system.url, audio, 'tiny', { path, fileName })).body;
}

const inState = (url: string, jobId: string, state: string): Promise<ShownJob> =>
  eventually(async () => {
    const { body } = await jobsApi.get(url, jobId);
    return body.state === state ? body : undefined;
  });

const hits = ({ bus, system }: Context, needles: readonly string[]): Promise<readonly string[]> =>
  scanStores(
    { bus, servers: system.servers, services: [system.ingest, system.scheduler, system.worker] },
    needles,
  );

/** Until it answers that nothing is left. */
const untilAnswered = (url: string, jobId: string): Promise<unknown> =>
  eventually(async () => (await jobsApi.erase(url, jobId)).status === 200, {
    timeoutMs: ERASED_MS,
    everyMs: 500,
  });

/** Then nothing is found. */
async function untilErased(
  context: Context,
  jobId: string,
  needles: readonly string[],
  isExcused: (place: string) => boolean = () => false,
): Promise<void> {
  const { url } = context.system;
  await untilAnswered(url, jobId);
  const places = await hits(context, needles);
  assert.equal(
    places.filter((place) => !isExcused(place)),
    [],
  );
  const gone = { status: 410, code: 'job_erased' };
  for (const path of ['', '/result', '/events']) {
    assert.equal(await jobsApi.error(url, `/jobs/${jobId}${path}`), gone, path);
  }
}

suite(
  'erasure',
  {} as Context,
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({
        engine: { paced: ['tiny'] },
        slots: 1,
        env: { EVENT_TEXT: 'true', MAX_ATTEMPTS: '1', OUTBOUND_ALLOW: '127.0.0.1' },
      });
      context.hookPort = await freePort();
      context.bus = await context.system.servers.connect();
    });
    test.after(async ({ system, bus }) => {
      await bus[Symbol.asyncDispose]();
      await system[Symbol.asyncDispose]();
    });

    test('of finished, failed, running and queued jobs nothing is left in any store', async (context) => {
      const { url } = context.system;
      const finished = await secret('finished-secret', 5);
      const failed = await secret('failed-secret', 5, { fault: 'crash' });
      const running = await secret('running-secret', 60_000);
      const waiting = await Promise.all(
        Array.from({ length: WAITING }, (_, n) => secret(`waiting-secret-${n}`, 5)),
      );
      const ids = new Map<string, Secret>();
      for (const [each, state] of [
        [finished, 'completed'],
        [failed, 'failed'],
        [running, 'running'],
      ] as const) {
        const { jobId } = await submit(context, each);
        ids.set(jobId, each);
        await inState(url, jobId, state);
      }
      const [ended = ''] = ids.keys();
      await eventually(async () => (await webhooksApi.ofJob(url, ended))?.lastAttempt);
      for (const each of waiting) ids.set((await submit(context, each)).jobId, each);

      const needles = [...ids.values()].flatMap((each) => each.needles);
      const before = await hits(context, needles);
      const kinds = [
        ...['INTAKE', 'WORK_CPU', 'DEAD', 'EVENTS', 'SEGMENTS', 'KV_results', 'KV_jobs'],
        's3 audio/',
      ];
      for (const kind of kinds) assert.ok(before.join().includes(kind), `before, ${kind} holds something`);
      assert.is(before.filter((place) => place.startsWith('KV_webhooks')).length, ids.size);

      for (const jobId of ids.keys()) assert.is((await jobsApi.erase(url, jobId)).status, 202);
      await Promise.all([...ids].map(([jobId, each]) => untilErased(context, jobId, each.needles)));
      const listed = (await jobsApi.list(url)).body.jobs.map(({ jobId }) => jobId);
      for (const jobId of ids.keys()) assert.not.ok(listed.includes(jobId));
      assert.equal(context.system.ingest.stray(), []);
    });

    test('the same file again runs anew, at once, and its text stays', async (context) => {
      const { url } = context.system;
      const again = await secret('again-secret', 5);
      const first = await submit(context, again);
      await inState(url, first.jobId, 'completed');
      await jobsApi.erase(url, first.jobId);
      const second = await jobsApi.submit(url, again.audio, 'tiny');
      assert.is(second.headers.get('x-cache'), 'miss');
      assert.is.not(second.body.jobId, first.jobId);
      assert.is((await inState(url, second.body.jobId, 'completed')).attempts, 1);
      await untilAnswered(url, first.jobId);
      const text = 'again-secret-first again-secret-second again-secret-third';
      assert.equal((await jobsApi.text(url, second.body.jobId)).body, { text });
    });

    test('the same recording for another model keeps its audio while that job waits', async (context) => {
      const { url } = context.system;
      const blocker = await jobsApi.submit(url, pacedAudio({ text: 'blocker', delayMs: 60_000 }), 'tiny');
      await inState(url, blocker.body.jobId, 'running');
      const shared = await secret('shared-secret', 5);
      const first = await submit(context, shared);
      const form = new FormData();
      form.set('file', shared.audio, 'other.wav');
      const init = { method: 'POST', body: form };
      const answer = await fetch(`${url}/jobs?model=tiny&language=en`, init);
      const other = (await answer.json()) as ShownJob;
      await jobsApi.erase(url, first.jobId);
      await jobsApi.cancel(url, blocker.body.jobId);
      assert.is((await inState(url, other.jobId, 'completed')).attempts, 1);
      await untilAnswered(url, first.jobId);
      await untilErased(context, other.jobId, shared.needles);
    });

    test('a worker that was halted meanwhile brings nothing back', async (context) => {
      const { url, worker } = context.system;
      const pid = worker.process.pid ?? 0;
      const late = await secret('late-secret', 500);
      const { jobId } = await submit(context, late);
      await inState(url, jobId, 'running');
      process.kill(pid, 'SIGSTOP');
      try {
        // What it has on its own disk goes when it wakes: from the stores all goes now.
        await untilErased(context, jobId, late.needles, (place) => place.startsWith('file spool/cpu-worker'));
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      await eventually(() =>
        worker.log().some(({ msg, jobId: id }) => id === jobId && msg.includes('erased')),
      );
      await untilErased(context, jobId, late.needles);
      const next = await jobsApi.submit(url, pacedAudio({ text: 'next', delayMs: 5 }), 'tiny');
      await inState(url, next.body.jobId, 'completed');
    });

    test('with the store away and ingest killed, another ingest finishes it', async (context) => {
      const { ingest, servers, startIngest } = context.system;
      const kept = await secret('kept-secret', 5);
      const { jobId } = await submit(context, kept);
      await inState(context.system.url, jobId, 'completed');
      process.kill(servers.minio.pid ?? 0, 'SIGSTOP');
      const { body, status } = await jobsApi.erase(context.system.url, jobId);
      assert.equal([status, body.state], [202, 'erasing']);
      await ingest.kill();
      process.kill(servers.minio.pid ?? 0, 'SIGCONT');
      const { url } = await startIngest();
      await untilErased({ ...context, system: { ...context.system, url } }, jobId, kept.needles);
    });

    test('unknown is 404, erase must be a flag', async (context) => {
      const { url } = await context.system.startIngest();
      const unknown = { status: 404, code: 'unknown_job' };
      assert.equal(await jobsApi.error(url, '/jobs/nobody?erase=true', 'DELETE'), unknown);
      const invalid = { status: 400, code: 'invalid_option' };
      assert.equal(await jobsApi.error(url, '/jobs/nobody?erase=perhaps', 'DELETE'), invalid);
    });
  },
  { timeoutMs: 150_000 },
);
