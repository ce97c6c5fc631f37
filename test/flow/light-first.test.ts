import * as assert from 'uvu/assert';
import { eventually } from '../helpers/eventually.ts';
import { queueDepth } from '../helpers/queue-depth.ts';
import { pacedAudio } from '../helpers/paced-audio.ts';
import { postAudio } from '../helpers/post-audio.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

const HEAVY = 20;
const LIGHT = 50;

suite(
  'light before heavy',
  {} as { system: System },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({
        engine: { paced: ['tiny', 'large-v3'] },
        slots: 2,
        env: { MAX_UPLOADS: '100' },
      });
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('50 tiny jobs behind 20 heavy ones finish first, and no heavy one starves', async ({ system }) => {
      await using bus = await system.servers.connect();
      const finished: string[] = [];
      const submit = async (model: string, n: number): Promise<void> => {
        const audio = pacedAudio({ text: `${model} ${n}`, delayMs: model === 'tiny' ? 20 : 300 });
        const answer = await postAudio(system.url, audio, { query: `?model=${model}` });
        assert.is(answer.text, `${model} ${n}`);
        finished.push(model);
      };
      const heavy = Array.from({ length: HEAVY }, (_, n) => submit('large-v3', n));
      await eventually(async () => finished.length + (await queueDepth(bus, 'heavy')) >= HEAVY);
      const light = Array.from({ length: LIGHT }, (_, n) => submit('tiny', n));
      await Promise.all([...heavy, ...light]);

      const lastLight = finished.lastIndexOf('tiny');
      const heavyBefore = finished.slice(0, lastLight).filter((model) => model === 'large-v3').length;
      assert.ok(heavyBefore < HEAVY / 2, `${heavyBefore} heavy jobs finished before the last tiny one`);
      const heavyAmong = finished
        .slice(finished.indexOf('tiny'), lastLight)
        .filter((model) => model === 'large-v3');
      assert.ok(heavyAmong.length >= 2, 'heavy jobs go on while light ones wait');
      assert.is(finished.length, HEAVY + LIGHT);
    });
  },
  { timeoutMs: 120_000 },
);
