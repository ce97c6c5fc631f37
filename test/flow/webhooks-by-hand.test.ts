import * as assert from 'uvu/assert';
import { z } from 'zod';
import { eventually } from '../helpers/eventually.ts';
import { jobsApi } from '../helpers/jobs-api.ts';
import { pacedAudio } from '../helpers/paced-audio.ts';
import { startReceiver, type Receiver } from '../helpers/receiver.ts';
import { runCtl, type CtlResult } from '../helpers/run-ctl.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';
import { webhooksApi } from '../helpers/webhooks-api.ts';

const listSchema = z.object({
  deliveries: z.array(z.object({ id: z.string(), jobId: z.string(), tenant: z.string(), url: z.string() })),
});

interface Context {
  system: System;
  receiver: Receiver;
  /** What the receiver answers. */
  status: number;
  ctl: (...args: string[]) => Promise<CtlResult>;
}

async function list(ctl: Context['ctl'], ...args: string[]): Promise<z.infer<typeof listSchema>> {
  const { code, stdout, stderr } = await ctl('webhooks', 'list', '--json', ...args);
  assert.is(code, 0, stderr);
  return listSchema.parse(JSON.parse(stdout));
}

async function submit({ receiver, system }: Context, text: string, delayMs = 5): Promise<string> {
  const hook = encodeURIComponent(receiver.url.replace('://', '://canary:c4n4ry@'));
  const path = `/jobs?webhook_url=${hook}`;
  return (await jobsApi.submit(system.url, pacedAudio({ text, delayMs }), 'tiny', { path })).body.jobId;
}

const inState = ({ system }: Context, jobId: string, state: string): Promise<string> =>
  eventually(async () => {
    const found = await webhooksApi.ofJob(system.url, jobId);
    return found?.state === state ? found.id : undefined;
  });

suite(
  'webhooks by hand',
  {} as Context,
  (test) => {
    test.before(async (context) => {
      context.status = 410;
      context.receiver = await startReceiver((response) => response.writeHead(context.status).end());
      context.system = await startSystem({
        engine: { paced: ['tiny'] },
        slots: 1,
        env: { OUTBOUND_ALLOW: '127.0.0.1' },
      });
      context.ctl = (...args) => runCtl(context.system.servers.natsEnv, ...args);
    });
    test.after(async ({ receiver, system }) => {
      await receiver[Symbol.asyncDispose]();
      await system[Symbol.asyncDispose]();
    });

    test('those that were given up are listed, and all told again', async (context) => {
      const { ctl, receiver } = context;
      const jobs: string[] = [];
      for (const text of ['one', 'two', 'three']) jobs.push(await submit(context, text));
      const ids = await Promise.all(jobs.map((jobId) => inState(context, jobId, 'undelivered')));
      const lost = await list(ctl, '--state', 'undelivered', '--tenant', 'default');
      assert.equal(lost.deliveries.map(({ id }) => id).sort(), [...ids].sort());
      assert.not.match(JSON.stringify(lost), 'c4n4ry');

      context.status = 204;
      const told = receiver.received.length;
      assert.is((await ctl('webhooks', 'redeliver', 'all')).code, 0);
      for (const jobId of jobs) await inState(context, jobId, 'delivered');
      assert.is(receiver.received.length, told + 3);
    });

    test('one is told again by its id', async (context) => {
      const { ctl, receiver } = context;
      context.status = 410;
      const jobId = await submit(context, 'again');
      const id = await inState(context, jobId, 'undelivered');
      const shown = await ctl('webhooks', 'list', '--job', jobId);
      assert.match(shown.stdout, new RegExp(`${id} +undelivered +1 .* gone +http://127`));
      context.status = 204;
      const told = receiver.received.length;
      assert.is((await ctl('webhooks', 'redeliver', id)).stdout, `${id} is due\n`);
      await inState(context, jobId, 'delivered');
      assert.is(receiver.received.length, told + 1);
    });

    test('what cannot be told again says why', async (context) => {
      const { ctl, system } = context;
      const running = await submit(context, 'runs', 600_000);
      const id = await inState(context, running, 'waiting');
      assert.is((await ctl('webhooks', 'redeliver', id)).code, 4);
      assert.is((await ctl('webhooks', 'redeliver', `wh_nobody_${'0'.repeat(16)}`)).code, 3);
      assert.is((await ctl('webhooks', 'redeliver', 'nonsense')).code, 3);
      assert.is((await ctl('webhooks', 'list', '--state', 'asleep')).code, 2);
      await jobsApi.cancel(system.url, running);
    });
  },
  { timeoutMs: 120_000 },
);
