import * as assert from 'uvu/assert';
import type { Bus } from '@whisper/shared/bus/connect';
import { publishDurably } from '@whisper/shared/bus/publish';
import { publishEvent } from '@whisper/shared/bus/publish-event';
import { takeNext } from '@whisper/shared/bus/take-next';
import { pipelineFailure } from '../helpers/pipeline-failure.ts';
import { startServers, type Servers } from '../helpers/start-servers.ts';
import { suite } from '../helpers/suite.ts';

const bytes = new TextEncoder().encode('{}');
const about = { jobId: 'job-1', resultKey: `${'0'.repeat(64)}.pico`, model: 'pico' };

suite(
  'publishing and taking',
  {} as { servers: Servers; bus: Bus },
  (test) => {
    test.before(async (context) => {
      context.servers = await startServers({ queueLimit: 2 });
      context.bus = await context.servers.connect();
    });
    test.after(async ({ servers, bus }) => {
      await bus[Symbol.asyncDispose]();
      await servers[Symbol.asyncDispose]();
    });

    test('one message id is stored once; a full queue says so', async ({ bus }) => {
      assert.is(await publishDurably(bus, 'work.cpu.light', bytes, { messageId: 'a' }), 'stored');
      assert.is(await publishDurably(bus, 'work.cpu.light', bytes, { messageId: 'a' }), 'already');
      await publishDurably(bus, 'work.cpu.light', bytes, { messageId: 'b' });
      const full = await pipelineFailure(publishDurably(bus, 'work.cpu.light', bytes, { messageId: 'c' }));
      assert.is(full.code, 'queue_full');
    });

    test('taking gives one at a time, counts deliveries, and says when there is none', async ({ bus }) => {
      const first = await takeNext(bus, 'WORK_CPU', 'light');
      assert.is(first?.subject, 'work.cpu.light');
      assert.is(first?.deliveryCount, 1);
      first?.nak();
      const second = await takeNext(bus, 'WORK_CPU', 'light');
      const third = await takeNext(bus, 'WORK_CPU', 'light');
      const again = [second, third].find((delivery) => delivery?.streamSequence === first?.streamSequence);
      assert.is(again?.deliveryCount, 2);
      assert.is(await takeNext(bus, 'WORK_CPU', 'light'), undefined);
      await Promise.all([second?.ack(), third?.ack()]);
      assert.is((await bus.manager.streams.info('WORK_CPU')).state.messages, 0);
    });

    test('an end of a job is told once, however often it is published', async ({ bus }) => {
      const source = { bus, name: 'test' };
      const failed = { ...about, code: 'internal' as const, message: 'x', attempts: 3 };
      assert.is(await publishEvent(source, 'failed', failed), 'stored');
      assert.is(await publishEvent(source, 'failed', failed), 'already');
      const { state } = await bus.manager.streams.info('EVENTS', { subjects_filter: 'events.failed.*' });
      assert.equal(state.subjects, { 'events.failed.job-1': 1 });
    });

    test('publishing through a restart of the server loses nothing', async ({ bus, servers }) => {
      const { pid } = servers.nats;
      process.kill(pid ?? 0, 'SIGSTOP');
      const publishing = publishDurably(bus, 'jobs.submit.light.default', bytes, { messageId: 'through' });
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      process.kill(pid ?? 0, 'SIGCONT');
      await publishing;
      assert.is((await bus.manager.streams.info('INTAKE')).state.messages, 1);
    });
  },
  { timeoutMs: 120_000 },
);
