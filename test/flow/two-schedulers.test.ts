import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { askBoard } from '@whisper/shared/bus/ask-scheduler';
import { eventually } from '../helpers/eventually.ts';
import { pacedAudio } from '../helpers/paced-audio.ts';
import { postAudio } from '../helpers/post-audio.ts';
import type { Service } from '../helpers/start-service.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';
import { watchStarts } from '../helpers/watch-starts.ts';

const JOBS = 60;
const EVERY_MS = 100;
/** The first third is done by the leader that is killed then: what they take is what this machine takes. */
const BEFORE = JOBS / 3;
/** What a user may see of a scheduler's death. */
const SEEN_MS = 2_000;

const isAlive = ({ process: { exitCode, signalCode } }: Service): boolean =>
  exitCode === null && signalCode === null;

const leads = (service: Service): boolean =>
  isAlive(service) &&
  service.log().filter(({ msg }) => msg === 'leading').length >
    service.log().filter(({ msg }) => msg === 'leading no more').length;

suite(
  'two schedulers',
  {} as { system: System; second: Service },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({ engine: { paced: ['tiny'] }, env: { MAX_UPLOADS: '200' } });
      context.second = await context.system.startScheduler();
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('one leads, the other stands by', async ({ system, second }) => {
      await eventually(() => [system.scheduler, second].filter(leads).length === 1);
      await using bus = await system.servers.connect();
      assert.is((await askBoard(bus))?.version, 1);
    });

    test('the leader is killed: every job is done once, and none waits longer than 2 s for it', async ({
      system,
      second,
    }) => {
      await using bus = await system.servers.connect();
      using starts = await watchStarts(bus);
      const leader = leads(second) ? second : system.scheduler;
      const durations = await Promise.all(
        Array.from({ length: JOBS }, async (_, n) => {
          await sleep(n * EVERY_MS);
          if (n === BEFORE) await leader.kill();
          const startedMs = performance.now();
          const audio = pacedAudio({ text: `job ${n}`, delayMs: 5 });
          const answer = await postAudio(system.url, audio, { query: '?model=tiny' });
          assert.is(answer.text, `job ${n}`);
          return performance.now() - startedMs;
        }),
      );
      assert.is(new Set(starts.jobIds).size, JOBS);
      assert.is(starts.jobIds.length, JOBS, 'no job was started twice');
      const [usual, longest] = [Math.max(...durations.slice(0, BEFORE)), Math.max(...durations)];
      assert.ok(
        longest < SEEN_MS + 2 * usual,
        `${Math.round(longest)} ms, before it ${Math.round(usual)} ms`,
      );
      assert.is((await bus.manager.streams.info('INTAKE')).state.messages, 0);
    });

    test('a leader that is stopped for a while does nothing when it wakes: another leads', async ({
      system,
      second,
    }) => {
      const third = await system.startScheduler();
      await using bus = await system.servers.connect();
      const before = await eventually(() => askBoard(bus));
      const leader = [third, second, system.scheduler].find(leads) ?? third;
      const pid = leader.process.pid ?? 0;
      process.kill(pid, 'SIGSTOP');
      try {
        const after = await eventually(async () => {
          const board = await askBoard(bus);
          return board && board.schedulerId !== before.schedulerId ? board : undefined;
        });
        assert.is.not(after.schedulerId, before.schedulerId);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      const audio = pacedAudio({ text: 'after', delayMs: 5 });
      assert.is((await postAudio(system.url, audio, { query: '?model=tiny' })).text, 'after');
      await eventually(() => leader.log().at(-1)?.msg === 'leading no more' || !leads(leader));
    });
  },
  { timeoutMs: 120_000 },
);
