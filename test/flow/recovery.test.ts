import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { eventually } from '../helpers/eventually.ts';
import { jobsApi } from '../helpers/jobs-api.ts';
import { listBlobs, removeBlobs } from '../helpers/list-blobs.ts';
import { pacedAudio } from '../helpers/paced-audio.ts';
import { runCtl } from '../helpers/run-ctl.ts';
import { runRecovery } from '../helpers/run-recovery.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

const JOBS = 8;

interface Context {
  system: System;
}

const submit = async (url: string, name: string, delayMs = 5): Promise<string> =>
  (await jobsApi.submit(url, pacedAudio({ text: name, delayMs }), 'tiny')).body.jobId;

async function textOf(url: string, jobId: string): Promise<string> {
  await eventually(async () => (await jobsApi.get(url, jobId)).body.state === 'completed', {
    timeoutMs: 30_000,
  });
  return (await jobsApi.text(url, jobId)).body.text;
}

suite(
  'recovery',
  {} as Context,
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({ engine: { paced: ['tiny'] } });
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('jobs whose streams are lost are queued again from S3, and all their texts come', async ({
      system,
    }) => {
      const { servers } = system;
      const done = await submit(system.url, 'done before');
      await textOf(system.url, done);
      await eventually(async () => (await listBlobs(servers.s3, 'accepted/')).length === 0);
      await system.worker.stop();
      const names = Array.from({ length: JOBS }, (_, at) => `lost ${at}`);
      const ids = await Promise.all(names.map((name) => submit(system.url, name)));
      await system.stopServices();
      await servers.loseStreams();
      await servers.provision();
      const { code, stdout, stderr } = await runCtl(
        { ...servers.natsEnv, ...servers.s3As('operator') },
        'resubmit',
        '--json',
      );
      assert.is(code, 0, stderr);
      assert.equal(JSON.parse(stdout), { queued: JOBS, known: 0, ended: 0, gone: 0 });
      const again = await runCtl({ ...servers.natsEnv, ...servers.s3As('operator') }, 'resubmit', '--json');
      assert.equal(JSON.parse(again.stdout), { queued: 0, known: JOBS, ended: 0, gone: 0 });

      const [{ url }] = await Promise.all([
        system.startIngest(),
        system.startScheduler(),
        system.startWorker(),
      ]);
      assert.equal(await Promise.all(ids.map((id) => textOf(url, id))), names);
      await eventually(async () => (await listBlobs(servers.s3, 'accepted/')).length === 0);
    });

    test('a backup taken under way brings back results, records and what waits', async ({ system }) => {
      const { servers } = system;
      const { url } = await system.startIngest();
      const done = await submit(url, 'done in time');
      await textOf(url, done);
      const running = await submit(url, 'under way', 3_000);
      const waiting = await submit(url, 'waiting', 3_000);
      const folder = join(servers.directory, 'backup');
      const backup = await runRecovery(servers, 'backup', folder);
      assert.match(backup, 'KV_results: ');
      await system.stopServices();
      await servers.loseStreams();
      await removeBlobs(servers.s3, '');
      const restored = await runRecovery(servers, 'restore', folder);
      process.stdout.write(
        `backup ${/done in .*/.exec(backup)?.[0] ?? ''}, restore ${/done in .*/.exec(restored)?.[0] ?? ''}\n`,
      );

      const [next] = await Promise.all([system.startIngest(), system.startScheduler(), system.startWorker()]);
      assert.is((await jobsApi.text(next.url, done)).body.text, 'done in time');
      assert.is(await textOf(next.url, running), 'under way');
      assert.is(await textOf(next.url, waiting), 'waiting');
    });
  },
  { timeoutMs: 120_000 },
);
