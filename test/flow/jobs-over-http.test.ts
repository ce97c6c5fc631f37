import * as assert from 'uvu/assert';
import { eventually } from '../helpers/eventually.ts';
import { jobsApi, type ShownJob } from '../helpers/jobs-api.ts';
import { pacedAudio, type PacedAudio } from '../helpers/paced-audio.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

const submit = async (system: System, audio: PacedAudio, model = 'tiny'): Promise<ShownJob> =>
  (await jobsApi.submit(system.url, pacedAudio(audio), model)).body;

const ended = (system: System, jobId: string): Promise<ShownJob> =>
  eventually(
    async () => {
      const { body } = await jobsApi.get(system.url, jobId);
      return body.finishedAt === null ? undefined : body;
    },
    { timeoutMs: 120_000 },
  );

suite(
  'jobs over HTTP',
  {} as { system: System },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({ engine: { paced: ['tiny', 'base'] } });
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('a submitted job answers at once, and its text is fetched later', async ({ system }) => {
      const { status, headers, body } = await jobsApi.submit(
        system.url,
        pacedAudio({ text: 'later', delayMs: 1_500 }),
        'tiny',
      );
      assert.is(status, 202);
      assert.is(headers.get('location'), `/jobs/${body.jobId}`);
      assert.is(headers.get('x-cache'), 'miss');
      assert.equal([body.state, body.model, body.class, body.finishedAt], ['queued', 'tiny', 'light', null]);
      assert.equal(await jobsApi.error(system.url, body.links.result), {
        status: 409,
        code: 'job_unfinished',
      });

      const running = await eventually(async () => {
        const { body: now } = await jobsApi.get(system.url, body.jobId);
        return now.state === 'running' ? now : undefined;
      });
      assert.is(running.attempts, 1);
      assert.is(running.lane, 'cpu');
      assert.ok(running.startedAt !== null && running.workerId !== null);

      const done = await ended(system, body.jobId);
      assert.equal([done.state, done.error], ['completed', null]);
      assert.equal((await jobsApi.text(system.url, body.jobId)).body, { text: 'later' });

      const vtt = await fetch(`${system.url}${body.links.result}?response_format=vtt`);
      assert.is(vtt.headers.get('content-type'), 'text/vtt; charset=utf-8');
      assert.match(await vtt.text(), /^WEBVTT/);
      const refused = [
        ['response_format=mp3', 'invalid_option'],
        ['format=text', 'unknown_field'],
        ['response_format=srt&max_line_width=0', 'invalid_option'],
      ];
      for (const [query, code] of refused) {
        const path = `${body.links.result}?${query}`;
        assert.equal(await jobsApi.error(system.url, path), { status: 400, code }, query);
      }
    });

    test('?async=true and Prefer: respond-async on /transcribe mean the same', async ({ system }) => {
      const audio = pacedAudio({ text: 'either way', delayMs: 5 });
      const byQuery = await jobsApi.submit(system.url, audio, 'tiny', {
        path: '/transcribe?async=true',
      });
      assert.is(byQuery.status, 202);
      await ended(system, byQuery.body.jobId);

      const form = new FormData();
      form.set('file', audio, 'audio');
      form.set('model', 'tiny');
      const headers = { Prefer: 'respond-async, wait=10' };
      const byHeader = await fetch(`${system.url}/transcribe`, { method: 'POST', body: form, headers });
      assert.is(byHeader.status, 202);
      assert.is(byHeader.headers.get('preference-applied'), 'respond-async');
      assert.is(byHeader.headers.get('x-cache'), 'hit');
      const location = byHeader.headers.get('location') ?? '';
      assert.equal(await (await fetch(`${system.url}${location}/result`)).json(), { text: 'either way' });
      assert.equal(await jobsApi.error(system.url, '/transcribe?async=perhaps', 'POST'), {
        status: 400,
        code: 'invalid_option',
      });
    });

    test('jobs are listed by state and model, page by page, each once', async ({ system }) => {
      const ids = [];
      for (let n = 0; n < 7; n++) {
        ids.push((await submit(system, { text: `listed ${n}`, delayMs: 5 }, 'base')).jobId);
      }
      for (const jobId of ids) await ended(system, jobId);
      const seen: string[] = [];
      let after = '';
      do {
        const { body } = await jobsApi.list(system.url, `?model=base&state=completed&limit=3${after}`);
        assert.ok(body.jobs.length <= 3);
        seen.push(...body.jobs.map(({ jobId }) => jobId));
        after = body.next === null ? '' : `&after=${body.next}`;
      } while (after !== '');
      assert.equal([...seen].sort(), [...ids].sort());
      assert.equal((await jobsApi.list(system.url, '?model=base&state=failed,cancelled')).body.jobs, []);
    });

    test('a failed job tells why, also in the place of its text', async ({ system }) => {
      const form = new FormData();
      form.set('file', new Blob(['no paced audio']), 'audio');
      const answer = await fetch(`${system.url}/jobs?model=tiny`, { method: 'POST', body: form });
      const { jobId } = (await answer.json()) as ShownJob;
      const failed = await ended(system, jobId);
      assert.is(failed.state, 'failed');
      assert.is(failed.attempts, 3);
      const { status, code } = await jobsApi.error(system.url, `/jobs/${jobId}/result`);
      assert.equal([status, code], [500, failed.error?.code]);
    });

    test('a client that hangs up ends nothing: its job goes on, and the same request finds the text', async ({
      system,
    }) => {
      const audio = pacedAudio({ text: 'all the same', delayMs: 1_000 });
      const form = new FormData();
      form.set('file', audio, 'audio');
      const client = new AbortController();
      const init = { method: 'POST', body: form, signal: client.signal };
      const request = fetch(`${system.url}/transcribe?model=base`, init).catch(() => undefined);
      const jobId = await eventually(
        async () => (await jobsApi.list(system.url, '?state=running&model=base')).body.jobs[0]?.jobId,
      );
      client.abort();
      await request;
      assert.is((await ended(system, jobId)).state, 'completed');
      const again = await jobsApi.submit(system.url, audio, 'base');
      assert.is(again.headers.get('x-cache'), 'hit');
    });

    test('what cannot be: unknown and malformed ids, queries that mean nothing', async ({ system }) => {
      const { url } = system;
      const unknown = { status: 404, code: 'unknown_job' };
      for (const id of ['nobody', '..%2F..%2Fetc', 'a.b', '*', '%3E', 'x'.repeat(65), '%00']) {
        assert.equal(await jobsApi.error(url, `/jobs/${id}`), unknown, id);
        assert.equal(await jobsApi.error(url, `/jobs/${id}`, 'DELETE'), unknown, id);
        assert.equal(await jobsApi.error(url, `/jobs/${id}/result`), unknown, id);
      }
      const invalid = { status: 400, code: 'invalid_option' };
      for (const query of ['state=sleeping', 'limit=0', 'limit=1e3', 'limit=201', 'after=-1', 'model=../x']) {
        assert.equal(await jobsApi.error(url, `/jobs?${query}`), invalid, query);
      }
      assert.equal(await jobsApi.error(url, '/jobs?staet=queued'), { status: 400, code: 'unknown_field' });
      assert.is((await jobsApi.list(url, '?after=0')).body.jobs.length, 0);
    });
  },
  { timeoutMs: 120_000 },
);
