import * as assert from 'uvu/assert';
import { askBoard, askPosition } from '@whisper/shared/bus/ask-scheduler';
import type { Bus } from '@whisper/shared/bus/connect';
import { publishEvent } from '@whisper/shared/bus/publish-event';
import { kindOf } from '@whisper/shared/contracts/job-event';
import { MODEL_PRIORITY_KEY } from '@whisper/shared/contracts/model-priority';
import { CLASS_WEIGHTS_KEY, TENANT_WEIGHTS_KEY } from '@whisper/shared/contracts/settings';
import { systemEvent } from '@whisper/shared/contracts/system-event';
import { backlogConsumer, BUCKETS, INTAKE_STREAM } from '@whisper/shared/contracts/topology';
import type { ModelClass } from '@whisper/shared/contracts/identifiers';
import { openJobRecords } from '@whisper/shared/storage/job-records';
import { createS3BlobStore } from '@whisper/shared/storage/s3-blob-store';
import { watchSettings } from '@whisper/shared/storage/settings';
import { Kvm } from '@nats-io/kv';
import { eventually } from '../helpers/eventually.ts';
import { replayEvents } from '../helpers/job-events.ts';
import { queueDepth } from '../helpers/queue-depth.ts';
import { silent } from '../helpers/start-servers.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { submitPaced, type SubmitPaced } from '../helpers/submit-paced.ts';
import { suite } from '../helpers/suite.ts';
import { watchStarts } from '../helpers/watch-starts.ts';

const SLOTS = 2;

interface Context {
  system: System;
  bus: Bus;
  to: SubmitPaced;
}

/** Occupies every slot and the window behind them, so that what comes next waits in the backlog. */
async function fillLane({ to, bus }: Context, name: string, delayMs: number): Promise<void> {
  for (let n = 0; n < 2 * SLOTS; n++)
    await submitPaced(to, { jobId: `${name}-${n}`, tenant: 'filler' }, { delayMs });
  await eventually(async () => (await bus.manager.streams.info('INTAKE')).state.messages === 0);
}

async function submitMany({ to }: Context, count: number, name: string, part: object): Promise<void> {
  for (let n = 0; n < count; n++) await submitPaced(to, { jobId: `${name}-${n}`, ...part }, { delayMs: 100 });
}

const allDone = (bus: Bus): Promise<boolean> =>
  eventually(async () => (await queueDepth(bus, 'light')) + (await queueDepth(bus, 'heavy')) === 0, {
    timeoutMs: 30_000,
  });

/** What an autoscaler sees of the backlog. */
async function lagOf(bus: Bus, modelClass: ModelClass): Promise<number> {
  return (await bus.manager.consumers.info(INTAKE_STREAM, backlogConsumer(modelClass))).num_pending;
}

suite(
  'the backlog',
  {} as Context,
  (test) => {
    test.before(async (context) => {
      const system = await startSystem({ engine: { paced: ['tiny', 'large-v3'] }, slots: SLOTS });
      context.system = system;
      context.bus = await system.servers.connect();
      const blobs = createS3BlobStore(system.servers.s3);
      context.to = { bus: context.bus, blobs, records: await openJobRecords(context.bus) };
    });
    test.after(async ({ system, bus }) => {
      await bus[Symbol.asyncDispose]();
      await system[Symbol.asyncDispose]();
    });

    test('one tenant with many jobs does not bury another with few', async (context) => {
      const { bus } = context;
      await fillLane(context, 'fill-a', 1_500);
      using starts = await watchStarts(bus);
      await submitMany(context, 40, 'big', { tenant: 'big' });
      await submitMany(context, 5, 'small', { tenant: 'small' });
      await allDone(bus);
      const order = starts.jobIds.filter((id) => /^(big|small)/.test(id));
      assert.is(order.length, 45);
      const lastSmall = order.findLastIndex((id) => id.startsWith('small'));
      assert.ok(lastSmall < 16, `the last of 5 small ones was number ${lastSmall + 1}`);
    });

    test('low waits for its tenant’s other jobs', async (context) => {
      const { bus } = context;
      await fillLane(context, 'fill-b', 1_500);
      using starts = await watchStarts(bus);
      await submitMany(context, 3, 'low', { tenant: 'mixed', priority: 'low' });
      await submitMany(context, 6, 'normal', { tenant: 'mixed' });
      await allDone(bus);
      const order = starts.jobIds.filter((id) => /^(low|normal)/.test(id));
      assert.is(order.length, 9);
      assert.ok(
        order.slice(-3).every((id) => id.startsWith('low')),
        order.join(' '),
      );
    });

    test('everybody knows their place: in the event, when asked, and on the board', async (context) => {
      const { bus } = context;
      await fillLane(context, 'fill-c', 2_000);
      await submitMany(context, 6, 'place', {});
      const places = await eventually(async () => {
        const all = await Promise.all(Array.from({ length: 6 }, (_, n) => askPosition(bus, `place-${n}`)));
        return all.every((place) => place?.phase === 'backlog') ? all : undefined;
      });
      const positions = places.map((place) => place?.position ?? 0);
      assert.equal(positions, [3, 4, 5, 6, 7, 8]);
      const times = places.map((place) => place?.etaSeconds ?? NaN);
      assert.ok(
        times.every((eta, n) => eta > 0 && eta > (times[n - 1] ?? 0) - 0.1),
        times.join(' '),
      );
      assert.is((await askPosition(bus, 'fill-c-0'))?.position, 0);
      assert.is(await askPosition(bus, 'never-heard-of'), undefined);
      const board = await askBoard(bus);
      const light = board?.classes.find(({ modelClass }) => modelClass === 'light');
      assert.ok(light);
      assert.is(light.backlog, 6);
      assert.equal(light.tenants, [{ tenant: 'default', weight: 1, backlog: 6 }]);
      assert.ok((light.drainSeconds ?? 0) > 0);
      assert.is(await lagOf(bus, 'light'), 6);
      assert.is(board?.lanes.find(({ lane }) => lane === 'cpu')?.slots, SLOTS);
      await allDone(bus);
      assert.is(await lagOf(bus, 'light'), 0);
      const [queued] = await replayEvents(bus, 'place-5');
      assert.ok(queued && kindOf(queued) === 'queued' && 'position' in queued.data);
      assert.is(queued.data.position, 8);
      assert.ok((queued.data.etaSeconds ?? 0) > 0);
    });

    test('a cancelled job leaves the backlog, or its lane, and is never started', async (context) => {
      const { bus } = context;
      await fillLane(context, 'fill-d', 8_000);
      using starts = await watchStarts(bus);
      await submitMany(context, 3, 'gone', {});
      await eventually(async () => (await askPosition(bus, 'gone-2'))?.phase === 'backlog');
      for (const jobId of ['gone-1', 'fill-d-3']) {
        const record = await context.to.records.get(jobId);
        assert.ok(record);
        const { resultKey, model } = record;
        await context.to.records.change({ value: record }, (now) => ({ ...now, state: 'cancelled' }));
        await publishEvent({ bus, name: 'test' }, 'cancelled', {
          jobId,
          resultKey,
          model,
          reason: 'requested',
        });
      }
      await eventually(async () => (await bus.manager.streams.info('INTAKE')).state.messages === 2);
      await eventually(async () => (await bus.manager.streams.info('WORK_CPU')).state.messages === 3);
      await allDone(bus);
      assert.ok(starts.jobIds.includes('gone-2'));
      assert.not(starts.jobIds.includes('gone-1'));
      assert.not(starts.jobIds.includes('fill-d-3'));
    });

    test('a model moves to another class while its jobs wait', async (context) => {
      const { bus } = context;
      await using settings = await watchSettings(bus, silent);
      await fillLane(context, 'fill-e', 2_000);
      await submitMany(context, 4, 'moving', {});
      await settings.set(MODEL_PRIORITY_KEY, { tiny: 9 });
      await eventually(async () => (await askPosition(bus, 'moving-3'))?.modelClass === 'heavy');
      await settings.set(MODEL_PRIORITY_KEY, {});
      await eventually(async () => (await askPosition(bus, 'moving-3'))?.modelClass === 'light');
      await allDone(bus);
    });

    test('a setting that does not parse is kept out, told by an event, and the one in force put back', async ({
      bus,
    }) => {
      await using settings = await watchSettings(bus, silent);
      const bucket = await new Kvm(bus.jetstream).open(BUCKETS.settings.name);
      const told: string[] = [];
      const subscription = bus.connection.subscribe(systemEvent.filter, {
        callback: (_error, { data }) => {
          told.push(systemEvent.decode(data).data.key);
        },
      });
      await bus.connection.flush();
      await settings.set(TENANT_WEIGHTS_KEY, { gold: 3 });
      await settings.set(CLASS_WEIGHTS_KEY, { light: 4, medium: 2, heavy: 1 });
      await eventually(async () => (await askBoard(bus))?.classes[0]?.weight === 4);
      const malformed = {
        [TENANT_WEIGHTS_KEY]: '{"gold": -1}',
        [CLASS_WEIGHTS_KEY]: '{"gigantic": 1}',
        [MODEL_PRIORITY_KEY]: 'not JSON',
      };
      for (const [key, value] of Object.entries(malformed)) await bucket.put(key, value);
      await eventually(() => told.length === 3);
      assert.equal([...told].sort(), Object.keys(malformed).sort());
      subscription.unsubscribe();
      await eventually(async () => (await bucket.get(TENANT_WEIGHTS_KEY))?.string() === '{"gold":3}');
      assert.is(settings.tenantWeight('gold'), 3);
      assert.is(settings.classWeights().light, 4);
      assert.is((await askBoard(bus))?.classes[0]?.weight, 4);
      assert.is(settings.classOf('tiny'), 'light');
    });
  },
  { timeoutMs: 120_000 },
);
