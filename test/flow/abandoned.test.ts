import * as assert from 'uvu/assert';
import { z } from 'zod';
import { eventually } from '../helpers/eventually.ts';
import { replayEvents } from '../helpers/job-events.ts';
import { jobsApi, type ShownJob } from '../helpers/jobs-api.ts';
import { pacedAudio } from '../helpers/paced-audio.ts';
import { postAudio } from '../helpers/post-audio.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

const QUERY = { query: '?model=tiny' };

/** A client that hangs up when told to. */
function post(url: string, audio: Blob): { readonly hangUp: () => Promise<void> } {
  const client = new AbortController();
  const form = new FormData();
  form.set('file', audio, 'audio');
  const request = fetch(`${url}/transcribe?model=tiny`, {
    method: 'POST',
    body: form,
    signal: client.signal,
  }).catch(() => undefined);
  return {
    hangUp: async () => {
      client.abort();
      await request;
    },
  };
}

/** How many requests wait for their text at an ingest. */
async function waitingAt(url: string): Promise<number> {
  const status: unknown = await (await fetch(`${url}/status`)).json();
  return z.object({ waitingRequests: z.int() }).parse(status).waitingRequests;
}

const running = (system: System): Promise<ShownJob['jobId']> =>
  eventually(async () => (await jobsApi.list(system.url, '?state=running')).body.jobs[0]?.jobId);

const ended = (system: System, jobId: string): Promise<ShownJob> =>
  eventually(async () => {
    const { body } = await jobsApi.get(system.url, jobId);
    return body.finishedAt === null ? undefined : body;
  });

suite(
  'clients that hang up, where CANCEL_ABANDONED is set',
  {} as { system: System },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({
        engine: { paced: ['tiny'] },
        slots: 1,
        env: { CANCEL_ABANDONED: 'true' },
      });
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('the last one ends its job', async ({ system }) => {
      const client = post(system.url, pacedAudio({ text: 'given up', delayMs: 60_000 }));
      const jobId = await running(system);
      await client.hangUp();
      const { state, error } = await ended(system, jobId);
      assert.equal([state, error?.code], ['cancelled', 'job_abandoned']);
      await using bus = await system.servers.connect();
      const data = (await replayEvents(bus, jobId)).at(-1)?.data;
      assert.ok(data && 'reason' in data && data.reason === 'abandoned');
      assert.is((await postAudio(system.url, pacedAudio({ text: 'next', delayMs: 5 }), QUERY)).text, 'next');
    });

    test('one of two does not, at whichever ingest the other one waits', async ({ system }) => {
      const second = await system.startIngest();
      for (const url of [system.url, second.url]) {
        const audio = pacedAudio({ text: `shared at ${url}`, delayMs: 2_500 });
        const client = post(system.url, audio);
        await running(system);
        const other = postAudio(url, audio, QUERY);
        await eventually(async () => (await waitingAt(url)) === (url === system.url ? 2 : 1));
        await client.hangUp();
        assert.is((await other).text, `shared at ${url}`);
      }
    });

    test('a job that somebody is to come back for goes on', async ({ system }) => {
      const audio = pacedAudio({ text: 'later', delayMs: 2_000 });
      const client = post(system.url, audio);
      const jobId = await running(system);
      const { body } = await jobsApi.submit(system.url, audio, 'tiny');
      assert.is(body.jobId, jobId);
      await client.hangUp();
      assert.is((await ended(system, jobId)).state, 'completed');
    });
  },
  { timeoutMs: 120_000 },
);
