import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { eventually } from '../helpers/eventually.ts';
import { replayEvents } from '../helpers/job-events.ts';
import { jobsApi, type ShownJob } from '../helpers/jobs-api.ts';
import { pacedAudio } from '../helpers/paced-audio.ts';
import { runCtl, runCtlInTerminal, type CtlResult } from '../helpers/run-ctl.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

const PICO = fileURLToPath(new URL('../../models/pico', import.meta.url));
const statusSchema = z.object({
  dead: z.int(),
  models: z.record(z.string(), z.object({ class: z.string() })),
  workers: z.array(z.object({ workerId: z.string() })),
});
const lettersSchema = z.array(z.object({ number: z.int(), jobId: z.string(), code: z.string() }));

interface Context {
  system: System;
  ctl: (...args: string[]) => Promise<CtlResult>;
}

async function json<T>(schema: z.ZodType<T>, result: Promise<CtlResult>): Promise<T> {
  const { code, stdout, stderr } = await result;
  assert.is(code, 0, stderr);
  return schema.parse(JSON.parse(stdout));
}

const ended = (system: System, jobId: string): Promise<ShownJob> =>
  eventually(async () => {
    const { body } = await jobsApi.get(system.url, jobId);
    return body.finishedAt === null ? undefined : body;
  });

/** A job whose model nobody has: with one attempt, it is a dead letter at once. */
async function dieOfModel({ system }: Context, text: string, model: string): Promise<string> {
  const { body } = await jobsApi.submit(system.url, pacedAudio({ text, delayMs: 5 }), model);
  const failed = await ended(system, body.jobId);
  assert.equal([failed.state, failed.error?.code], ['failed', 'model_unavailable']);
  return body.jobId;
}

suite(
  'steering by hand',
  {} as Context,
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({
        engine: { paced: ['tiny'] },
        slots: 1,
        env: { MAX_ATTEMPTS: '1' },
      });
      context.ctl = (...args) => runCtl(context.system.servers.natsEnv, ...args);
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('jobs: listed, shown, cancelled', async ({ system, ctl }) => {
      const audio = pacedAudio({ text: 'long', delayMs: 60_000 });
      const { jobId } = (await jobsApi.submit(system.url, audio, 'tiny')).body;
      const listed = await json(
        z.object({ jobs: z.array(z.object({ jobId: z.string() })) }),
        ctl('jobs', 'list', '--state', 'queued,running', '--json'),
      );
      assert.equal(listed, { jobs: [{ jobId }] });
      assert.match((await ctl('jobs', 'show', jobId)).stdout, jobId);
      assert.is((await ctl('jobs', 'cancel', jobId)).code, 0);
      assert.is((await ended(system, jobId)).state, 'cancelled');
    });

    test('a dead letter is listed, shown, and replayed once what was missing is there', async (context) => {
      const { system, ctl } = context;
      const jobId = await dieOfModel(context, 'back to life', 'base');
      const [letter] = await json(lettersSchema, ctl('dead', 'list', '--json'));
      assert.equal([letter?.jobId, letter?.code], [jobId, 'model_unavailable']);
      assert.match((await ctl('dead', 'show', jobId)).stdout, '"model":"base"');

      await cp(PICO, join(system.servers.directory, 'models', 'base'), { recursive: true });
      assert.match((await ctl('dead', 'replay', jobId)).stdout, 'queued again');
      const done = await ended(system, jobId);
      assert.equal([done.state, done.attempts, done.error], ['completed', 2, null]);
      assert.equal((await jobsApi.text(system.url, jobId)).body, { text: 'back to life' });
      assert.equal(await json(lettersSchema, ctl('dead', 'list', '--json')), []);
      await using bus = await system.servers.connect();
      const ends = (await replayEvents(bus, jobId)).map(({ type }) => type.slice('whisper.job.'.length));
      assert.equal(
        ends.filter((kind) => kind === 'completed' || kind === 'failed'),
        ['completed'],
      );
    });

    test('a replay may fail again: it is told again, and there is a letter again; then it is dropped', async (context) => {
      const { system, ctl } = context;
      const jobId = await dieOfModel(context, 'dead for good', 'small');
      const [first] = await json(lettersSchema, ctl('dead', 'list', '--json'));
      assert.is((await ctl('dead', 'replay', String(first?.number))).code, 0);
      const again = await eventually(async () => {
        const { body } = await jobsApi.get(system.url, jobId);
        return body.state === 'failed' && body.attempts === 2 ? body : undefined;
      });
      assert.is(again.error?.code, 'model_unavailable');
      const letters = await eventually(async () => {
        const found = await json(lettersSchema, ctl('dead', 'list', '--json'));
        return found.length === 1 ? found : undefined;
      });
      assert.is.not(letters[0]?.number, first?.number);
      assert.is((await ctl('dead', 'drop', jobId)).code, 0);
      assert.is((await json(statusSchema, ctl('status', '--json'))).dead, 0);
    });

    test('an order that is set counts at once, and back', async ({ ctl }) => {
      const classOfTiny = async (): Promise<string | undefined> =>
        (await json(statusSchema, ctl('status', '--json'))).models['tiny']?.class;
      assert.is(await classOfTiny(), 'light');
      assert.is((await ctl('priority', 'set', 'tiny', '9')).stdout, 'tiny is 9: heavy\n');
      assert.is(await classOfTiny(), 'heavy');
      assert.match((await ctl('priority', 'list')).stdout, /tiny +9 +heavy +set/);
      assert.is((await ctl('priority', 'unset', 'tiny')).stdout, 'tiny is light by default\n');
      assert.is(await classOfTiny(), 'light');
    });

    test('weights are set, and a value that makes no sense changes nothing', async ({ ctl }) => {
      const weights = z.object({ classes: z.record(z.string(), z.number()) });
      const set = await json(weights, ctl('weights', 'set', 'heavy', '2', '--json'));
      assert.equal(set.classes, { light: 8, medium: 3, heavy: 2 });
      for (const args of [
        ['weights', 'set', 'heavy', '-1'],
        ['weights', 'set', 'heavy', '1.5'],
        ['weights', 'set', 'heavy', '5000'],
        ['weights', 'set', 'huge', '1'],
        ['weights', 'tenant', 'a.b', '1'],
        ['priority', 'set', 'tiny', '-1'],
        ['priority', 'set', '../x', '1'],
      ]) {
        const { code, stdout } = await ctl(...args);
        assert.equal([code, stdout], [2, ''], args.join(' '));
      }
      assert.equal(await json(weights, ctl('weights', 'list', '--json')), set);
      await ctl('weights', 'unset');
    });

    test('what cannot be done ends with a code that a script can tell apart', async ({ ctl }) => {
      const codes = async (...args: string[]): Promise<number | null> => (await ctl(...args)).code;
      assert.is(await codes('--help'), 0);
      assert.is(await codes('nonsense'), 2);
      assert.is(await codes('jobs', 'cancel'), 2);
      assert.is(await codes('jobs', 'list', '--state', 'asleep'), 2);
      assert.is(await codes('jobs', 'list', '--staet', 'queued'), 2);
      assert.is(await codes('jobs', 'show', 'nobody'), 3);
      assert.is(await codes('dead', 'replay', '99'), 3);
      const unreachable = await runCtl({ NATS_URL: 'nats://127.0.0.1:9' }, 'status', '--json');
      assert.is(unreachable.code, 5);
      assert.match(unreachable.stderr, '"code":"queue_unavailable"');
    });

    test('top in a terminal draws on the other screen, and q gives the shell its own back', async ({
      system,
    }) => {
      const { code, stdout } = await runCtlInTerminal(system.servers.natsEnv, ['top'], {
        until: /workers/,
        keys: 'q',
      });
      assert.is(code, 0);
      const [enter, leave] = [stdout.indexOf('\x1b[?1049h'), stdout.lastIndexOf('\x1b[?1049l')];
      assert.ok(enter >= 0 && leave > enter);
      assert.match(stdout.slice(enter, leave), 'WhisperServer');
    });

    test('top without a terminal is written once', async ({ ctl }) => {
      const { code, stdout } = await ctl('top');
      assert.is(code, 0);
      assert.match(stdout, /^WhisperServer /);
      assert.match(stdout, /workers\n +cpu-/);
    });
  },
  { timeoutMs: 120_000 },
);
