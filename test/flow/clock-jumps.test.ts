import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { askBoard } from '@whisper/shared/bus/ask-scheduler';
import { replayEvents } from '../helpers/job-events.ts';
import { pacedAudio } from '../helpers/paced-audio.ts';
import { postAudio } from '../helpers/post-audio.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

// A worker or ingest whose clock is off by more than a quarter of an hour is refused by S3, whatever we do.

const CLOCK = fileURLToPath(new URL('../helpers/jumping-clock.mjs', import.meta.url));
const JOBS = 6;

const post = (system: System, text: string, delayMs: number): ReturnType<typeof postAudio> =>
  postAudio(system.url, pacedAudio({ text, delayMs }), { query: '?model=tiny' });

suite(
  'the scheduler’s clock jumps',
  {} as { system: System },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({
        engine: { paced: ['tiny'] },
        env: { NODE_OPTIONS: `--import ${CLOCK}`, MAX_UPLOADS: '100' },
      });
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    for (const [name, signal] of [
      ['an hour ahead', 'SIGUSR2'],
      ['two hours back', 'SIGWINCH'],
    ] as const) {
      test(`${name}: jobs that run and jobs that wait are done, and nobody else leads`, async ({
        system,
      }) => {
        await using bus = await system.servers.connect();
        const before = await askBoard(bus);
        const running = Array.from({ length: JOBS }, (_, n) => post(system, `${name} ${n}`, 500));
        process.kill(system.scheduler.process.pid ?? 0, signal);
        const later = await post(system, `${name}, after`, 5);
        const answers = [...(await Promise.all(running)), later];
        assert.ok(answers.every(({ status }) => status === 200));
        const events = await replayEvents(bus, later.headers.get('x-job-id') ?? '');
        assert.equal(
          events.map(({ type }) => type).filter((type) => type !== 'whisper.job.progress'),
          ['whisper.job.queued', 'whisper.job.started', 'whisper.job.completed'],
        );
        const after = await askBoard(bus);
        assert.is(after?.schedulerId, before?.schedulerId);
        const cpu = after?.lanes.find(({ lane }) => lane === 'cpu');
        assert.is(cpu?.workers, 1);
        assert.ok((after?.speeds[0]?.secondsPerJob ?? Infinity) < 60, 'measured by clocks that do not jump');
      });
    }
  },
  { timeoutMs: 60_000 },
);
