import * as assert from 'uvu/assert';
import { z } from 'zod';
import type { Bus } from '@whisper/shared/bus/connect';
import { askWithKey } from '../helpers/ask-with-key.ts';
import { eventually } from '../helpers/eventually.ts';
import { listBlobs } from '../helpers/list-blobs.ts';
import { known } from '../helpers/known-key.ts';
import { makeKey } from '../helpers/make-key.ts';
import { pacedAudio, type PacedAudio } from '../helpers/paced-audio.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

interface Context {
  system: System;
  bus: Bus;
  acme: string;
  globex: string;
}

const jobSchema = z.object({ jobId: z.string() });
const listSchema = z.object({ jobs: z.array(jobSchema) });

const inferences = ({ worker }: System): number =>
  worker.log().filter(({ msg }) => msg === 'job completed').length;

async function submit(url: string, key: string | undefined, audio: PacedAudio): Promise<string> {
  const { body, status } = await askWithKey(`${url}/jobs`, key, { audio: pacedAudio(audio) });
  assert.is(status, 202);
  return jobSchema.parse(body).jobId;
}

const jobsOf = async (url: string, key: string | undefined): Promise<readonly string[]> =>
  listSchema.parse((await askWithKey(`${url}/jobs`, key)).body).jobs.map(({ jobId }) => jobId);

suite(
  'tenants',
  {} as Context,
  (test) => {
    test.before(async (context) => {
      const engine = { paced: ['tiny'] };
      context.system = await startSystem({ engine, env: { DEFAULT_MODEL: 'tiny' } });
      context.bus = await context.system.servers.connect();
      context.acme = (await makeKey(context.bus, 'acme')).shown;
      context.globex = (await makeKey(context.bus, 'globex')).shown;
      await known(context.acme, context.system.url);
      await known(context.globex, context.system.url);
    });
    test.after(async ({ bus, system }) => {
      await bus[Symbol.asyncDispose]();
      await system[Symbol.asyncDispose]();
    });

    test('the same file of three tenants is three inferences, each told a miss, then a hit', async (context) => {
      const { acme, globex, system } = context;
      const audio = pacedAudio({ text: 'the same', delayMs: 20 });
      const before = inferences(system);
      for (const expected of ['miss', 'hit']) {
        for (const key of [acme, globex, undefined]) {
          const { body, headers, status } = await askWithKey(`${system.url}/transcribe`, key, { audio });
          assert.equal([status, headers.get('x-cache'), body], [200, expected, { text: 'the same' }]);
        }
      }
      await eventually(() => inferences(system) === before + 3);
    });

    test('in flight at once they join nobody but their own', async ({ acme, globex, system }) => {
      const audio = pacedAudio({ text: 'at once', delayMs: 400 });
      const answers = await Promise.all(
        [acme, acme, globex].map((key) => askWithKey(`${system.url}/transcribe`, key, { audio })),
      );
      const caches = answers.map(({ headers }) => headers.get('x-cache'));
      assert.equal(caches.slice(0, 2).sort(), ['joined', 'miss']);
      assert.is(caches[2], 'miss');
    });

    test("another tenant's job is not there, whatever is asked of it", async ({ acme, globex, system }) => {
      const { url } = system;
      const jobId = await submit(url, acme, { text: 'secret', delayMs: 1_500 });
      for (const key of [globex, undefined]) {
        for (const path of ['', '/result', '/events']) {
          assert.is((await askWithKey(`${url}/jobs/${jobId}${path}`, key)).status, 404, path);
        }
        const { code, status } = await askWithKey(`${url}/jobs/${jobId}`, key, { method: 'DELETE' });
        assert.equal([status, code], [404, 'unknown_job']);
        assert.not.ok((await jobsOf(url, key)).includes(jobId));
      }
      assert.ok((await jobsOf(url, acme)).includes(jobId));
      const done = await eventually(async () => {
        const result = await askWithKey(`${url}/jobs/${jobId}/result`, acme);
        return result.status === 200 ? result : undefined;
      });
      assert.equal(done.body, { text: 'secret' });
      assert.is((await askWithKey(`${url}/jobs/${jobId}/result`, globex)).status, 404);
    });

    test("one tenant's bad file takes nothing from another who sent the same", async (context) => {
      const { acme, globex, system } = context;
      const audio = pacedAudio({ text: 'kept apart', delayMs: 0 });
      await askWithKey(`${system.url}/transcribe`, acme, { audio });
      await askWithKey(`${system.url}/transcribe`, globex, { audio });
      const blobs = await listBlobs(system.servers.s3, 'audio/');
      const hashes = (tenant: string): readonly string[] =>
        blobs.filter((key) => key.startsWith(`audio/${tenant}/`)).map((key) => key.split('/')[2] ?? '');
      const shared = hashes('acme').filter((hash) => hashes('globex').includes(hash));
      assert.ok(shared.length > 0);
    });

    test('/status tells a tenant of no other, and the operator of all', async ({ acme, globex, system }) => {
      const { url } = system;
      const slow = [acme, globex].map((key, at) => submit(url, key, { text: `slow ${at}`, delayMs: 2_000 }));
      const [running = ''] = await Promise.all(slow);
      const statusFor = async (key?: string): Promise<string> =>
        JSON.stringify((await askWithKey(`${url}/status`, key)).body);
      await eventually(async () => (await statusFor()).includes(running));
      const told = await statusFor(globex);
      for (const hidden of ['acme', running, 'jobId', 'workerId', 'cache', 'waitingRequests']) {
        assert.not.match(told, hidden);
      }
    });

    test('any word for a key is no key where none is asked for; a wrong one of ours is refused', async (context) => {
      const { acme, system } = context;
      assert.is((await askWithKey(`${system.url}/jobs`, 'none')).status, 200);
      assert.is((await askWithKey(`${system.url}/jobs`, 'sk-proj-abc')).status, 200);
      assert.is((await askWithKey(`${system.url}/jobs`, `${acme}x`)).status, 401);
      assert.is((await askWithKey(`${system.url}/livez`, 'ws_nonsense')).status, 401);
    });
  },
  { timeoutMs: 60_000 },
);
