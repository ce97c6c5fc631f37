import * as assert from 'uvu/assert';
import type { Bus } from '@whisper/shared/bus/connect';
import { publishDurably } from '@whisper/shared/bus/publish';
import type { Lane } from '@whisper/shared/contracts/identifiers';
import { DEFAULT_OPTIONS } from '@whisper/shared/contracts/transcription-options';
import { workAssigned } from '@whisper/shared/contracts/work-assigned';
import { watchSettings } from '@whisper/shared/storage/settings';
import { moveStranded } from '@whisper/scheduler/scheduling/move-stranded';
import { eventually } from '../helpers/eventually.ts';
import { silent, startServers, type Servers } from '../helpers/start-servers.ts';
import { suite } from '../helpers/suite.ts';

const JOBS = 5;
const SHA = 'a'.repeat(64);

async function queueOnGpu(bus: Bus, n: number): Promise<void> {
  const now = new Date().toISOString();
  const job = {
    version: 1 as const,
    jobId: `job-${n}`,
    resultKey: `${SHA}.tiny`,
    audio: { sha256: SHA, sizeBytes: 1 },
    model: 'tiny',
    options: DEFAULT_OPTIONS,
    tenant: 'default',
    priority: 'normal' as const,
    submittedAt: now,
  };
  const place = { lane: 'gpu' as const, modelClass: 'light' as const };
  const work = { version: 1 as const, job, ...place, assignedAt: now };
  await publishDurably(bus, workAssigned.subject(place), workAssigned.encode(work), { messageId: job.jobId });
}

suite(
  'a lane without workers',
  {} as { servers: Servers; bus: Bus },
  (test) => {
    test.before(async (context) => {
      context.servers = await startServers();
      context.bus = await context.servers.connect();
    });
    test.after(async ({ servers, bus }) => {
      await bus[Symbol.asyncDispose]();
      await servers[Symbol.asyncDispose]();
    });

    test('gives its jobs to the lane that has some, once each, and stops when nobody lives', async ({
      bus,
    }) => {
      const alive = new Set<Lane>();
      const workers = {
        workers: () => [],
        identitiesOf: () => [],
        hasWorkers: (lane: Lane) => alive.has(lane),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
      await using settings = await watchSettings(bus, silent);
      const stop = new AbortController();
      const moving = moveStranded({ bus, workers, settings, log: silent, stop: stop.signal });
      for (let n = 0; n < JOBS; n++) await queueOnGpu(bus, n);
      const count = async (stream: string): Promise<number> =>
        (await bus.manager.streams.info(stream)).state.messages;

      try {
        await new Promise((resolve) => setTimeout(resolve, 7_000));
        assert.is(await count('WORK_GPU'), JOBS, 'with no worker anywhere nothing moves');
        alive.add('cpu');
        // A job is on the new lane before it is off the old one.
        await eventually(async () => (await count('WORK_GPU')) === 0);
        assert.is(await count('WORK_CPU'), JOBS);
      } finally {
        stop.abort();
        await moving;
      }
    });
  },
  { timeoutMs: 40_000 },
);
