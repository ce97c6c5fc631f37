import * as assert from 'uvu/assert';
import type { Bus } from '@whisper/shared/bus/connect';
import { systemEvent } from '@whisper/shared/contracts/system-event';
import { guardSettings } from '@whisper/scheduler/settings-guard';
import { eventually } from '../helpers/eventually.ts';
import { silent, startServers, type Servers } from '../helpers/start-servers.ts';
import { suite } from '../helpers/suite.ts';

interface Context {
  servers: Servers;
  bus: Bus;
}

const put = async (bus: Bus, key: string, value: string): Promise<void> => {
  await bus.jetstream.publish(`$KV.settings.${key}`, new TextEncoder().encode(value));
};

async function stored(bus: Bus, key: string): Promise<unknown> {
  const message = await bus.manager.streams.getMessage('KV_settings', {
    last_by_subj: `$KV.settings.${key}`,
  });
  return message && message.data.length > 0 ? message.json() : undefined;
}

/** Events of rejected values, of this key. */
async function rejected(bus: Bus, key: string): Promise<number> {
  const { state } = await bus.manager.streams.info('EVENTS', { subjects_filter: 'system.>' });
  const last = await bus.manager.streams.getMessage('EVENTS', {
    last_by_subj: systemEvent.subject('setting-rejected'),
  });
  if (!last || systemEvent.decode(last.data).data.key !== key) return 0;
  return Object.values(state.subjects ?? {}).reduce((sum, each) => sum + each, 0);
}

suite(
  'settings that make no sense',
  {} as Context,
  (test) => {
    test.before(async (context) => {
      context.servers = await startServers();
      context.bus = await context.servers.connect();
    });
    test.after(async ({ bus, servers }) => {
      await bus[Symbol.asyncDispose]();
      await servers[Symbol.asyncDispose]();
    });

    test('are kept out: the old value stays and is put back, and an event tells', async ({ bus }) => {
      await using settings = await guardSettings(bus, silent);
      await settings.set('model-priority', { tiny: 9 });
      await eventually(() => settings.classOf('tiny') === 'heavy');
      const values = ['{"tiny": "light"}', '{"tiny": -1}', '[]', 'not JSON', '{"../x": 1}', '{"tiny": 1.5}'];
      for (const [at, value] of values.entries()) {
        await put(bus, 'model-priority', value);
        await eventually(async () => (await rejected(bus, 'model-priority')) === at + 1);
        await eventually(async () => JSON.stringify(await stored(bus, 'model-priority')) === '{"tiny":9}');
        assert.is(settings.classOf('tiny'), 'heavy', value);
      }
    });

    test('go away where there was none before', async ({ bus }) => {
      await using settings = await guardSettings(bus, silent);
      await put(bus, 'class-weights', '{"light": 8, "medium": 3, "huge": 1}');
      await eventually(async () => (await rejected(bus, 'class-weights')) > 0);
      await eventually(async () => (await stored(bus, 'class-weights')) === undefined);
      assert.equal(settings.classWeights(), { light: 8, medium: 3, heavy: 1 });
    });
  },
  { timeoutMs: 120_000 },
);
