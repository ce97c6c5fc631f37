import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { eventually } from '../helpers/eventually.ts';
import { fastestSeconds } from '../helpers/fastest.ts';
import { jobsApi, type ShownJob } from '../helpers/jobs-api.ts';
import { postAudio } from '../helpers/post-audio.ts';
import { samplePath } from '../helpers/sample-path.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

interface Context {
  system: System;
  /** An hour of speech. */
  long: Blob;
}

async function anHour(directory: string): Promise<Blob> {
  const path = join(directory, 'hour.flac');
  const loop = ['-stream_loop', '-1', '-i', samplePath('long-numbers.wav'), '-t', '3600'];
  await promisify(execFile)(process.env['FFMPEG_BIN'] ?? 'ffmpeg', ['-loglevel', 'error', ...loop, path]);
  return new Blob([await readFile(path)]);
}

async function runningJob({ system, long }: Context): Promise<ShownJob> {
  const { jobId } = (await jobsApi.submit(system.url, long, 'pico')).body;
  return eventually(
    async () => {
      const { body } = await jobsApi.get(system.url, jobId);
      return body.state === 'running' ? body : undefined;
    },
    { timeoutMs: 30_000, everyMs: 20 },
  );
}

async function cancelSeconds({ system }: Context, jobId: string): Promise<number> {
  const startedMs = performance.now();
  assert.is((await jobsApi.cancel(system.url, jobId)).status, 200);
  await eventually(
    () => system.worker.log().some(({ msg, jobId: id }) => msg === 'job cancelled' && id === jobId),
    { everyMs: 10 },
  );
  return (performance.now() - startedMs) / 1000;
}

suite(
  'cancelling real speech',
  {} as Context,
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({ engine: 'pico', slots: 1 });
      context.long = await anHour(context.system.servers.directory);
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('stops at once while the file is fetched, the model loaded or the sound decoded', async (context) => {
      const seconds = await fastestSeconds(async () =>
        cancelSeconds(context, (await runningJob(context)).jobId),
      );
      assert.ok(seconds < 1);
    });

    test('stops between two steps of the decoder, and the slot goes on with the next job', async (context) => {
      const { system } = context;
      const seconds = await fastestSeconds(async () => {
        const { jobId } = await runningJob(context);
        await eventually(
          async () => ((await jobsApi.get(system.url, jobId)).body.progress?.processedSeconds ?? 0) > 0,
          { timeoutMs: 120_000 },
        );
        return cancelSeconds(context, jobId);
      });
      assert.ok(seconds < 1);
      const next = await postAudio(system.url, samplePath('numbers.wav'), { query: '?model=pico' });
      assert.is(next.text, 'four nine two seven');
    });
  },
  { timeoutMs: 120_000 },
);
