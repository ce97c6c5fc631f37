import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nanos } from '@nats-io/transport-node';
import * as assert from 'uvu/assert';
import { MODEL_CLASSES } from '@whisper/shared/contracts/identifiers';
import { workConsumer, workStream } from '@whisper/shared/contracts/topology';
import { eventually } from '../helpers/eventually.ts';
import { replayEvents } from '../helpers/job-events.ts';
import { jobsApi, type ShownJob } from '../helpers/jobs-api.ts';
import { pacedAudio, type PacedAudio } from '../helpers/paced-audio.ts';
import { postAudio } from '../helpers/post-audio.ts';
import type { Service } from '../helpers/start-service.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

const PICO = fileURLToPath(new URL('../../models/pico', import.meta.url));
/** Shorter than in earnest, so that a killed worker is missed soon. */
const ACK_WAIT_MS = 2_000;

const submit = async (system: System, audio: PacedAudio, model: string): Promise<ShownJob> =>
  (await jobsApi.submit(system.url, pacedAudio(audio), model)).body;

const until = (system: System, jobId: string, check: (job: ShownJob) => boolean): Promise<ShownJob> =>
  eventually(
    async () => {
      const { body } = await jobsApi.get(system.url, jobId);
      return check(body) ? body : undefined;
    },
    { timeoutMs: 120_000 },
  );

async function shortenAckWait(system: System): Promise<void> {
  await using bus = await system.servers.connect();
  for (const modelClass of MODEL_CLASSES) {
    await bus.manager.consumers.update(workStream('cpu'), workConsumer(modelClass), {
      ack_wait: nanos(ACK_WAIT_MS),
    });
  }
}

suite(
  'retries',
  {} as { system: System },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({ engine: { paced: ['tiny'] }, slots: 1 });
      await shortenAckWait(context.system);
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('a model that cannot be had now is tried again, and the job ends well once it is there', async ({
      system,
    }) => {
      const { jobId } = await submit(system, { text: 'it came', delayMs: 5 }, 'base');
      const waiting = await until(system, jobId, ({ error }) => error !== null);
      assert.equal([waiting.state, waiting.error?.code], ['queued', 'model_unavailable']);
      await cp(PICO, join(system.servers.directory, 'models', 'base'), { recursive: true });
      const done = await until(system, jobId, ({ finishedAt }) => finishedAt !== null);
      assert.equal([done.state, done.attempts, done.error], ['completed', 2, null]);
      assert.equal((await jobsApi.text(system.url, jobId)).body, { text: 'it came' });
    });

    test('a job that kills its worker three times ends failed and in DEAD, and blocks nobody', async ({
      system,
    }) => {
      const workers: Service[] = [system.worker];
      const killer = await submit(system, { text: '', delayMs: 0, fault: 'deadly' }, 'tiny');
      for (let death = 1; death <= 3; death++) {
        await eventually(() => workers.at(-1)?.process.signalCode === 'SIGKILL', { timeoutMs: 20_000 });
        workers.push(await system.startWorker());
      }
      const failed = await until(system, killer.jobId, ({ finishedAt }) => finishedAt !== null);
      assert.equal([failed.state, failed.attempts, failed.error?.code], ['failed', 3, 'attempts_exhausted']);
      const after = await postAudio(system.url, pacedAudio({ text: 'fine', delayMs: 5 }), {
        query: '?model=tiny',
      });
      assert.is(after.text, 'fine');

      await using bus = await system.servers.connect();
      const dead = await bus.manager.streams.info('DEAD', { subjects_filter: '>' });
      assert.equal(dead.state.subjects, { 'dead.cpu.light': 1 });
      assert.is((await bus.manager.streams.info('WORK_CPU')).state.messages, 0);
      const kinds = (await replayEvents(bus, killer.jobId)).map(({ type }) => type);
      assert.is(kinds.filter((kind) => kind === 'whisper.job.started').length, 3);
      assert.is(kinds.at(-1), 'whisper.job.failed');
    });
  },
  { timeoutMs: 120_000 },
);
