import * as assert from 'uvu/assert';
import type { Bus } from '@whisper/shared/bus/connect';
import { publishDurably } from '@whisper/shared/bus/publish';
import type { Lane } from '@whisper/shared/contracts/identifiers';
import { workAssigned } from '@whisper/shared/contracts/work-assigned';
import { moveStranded } from '@whisper/scheduler/lanes/move-stranded';
import { createAssignedJobs } from '@whisper/scheduler/release/assigned-jobs';
import { eventually } from '../helpers/eventually.ts';
import { silent, startServers, type Servers } from '../helpers/start-servers.ts';
import { suite } from '../helpers/suite.ts';
import { testJob } from '../helpers/test-jobs.ts';

const JOBS = 5;

async function queueOnGpu(bus: Bus, n: number): Promise<void> {
  const job = testJob({ jobId: `job-${n}` });
  const place = { lane: 'gpu' as const, modelClass: 'light' as const };
  const work = { version: 1 as const, job, ...place, assignedAt: new Date().toISOString() };
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
      const stop = new AbortController();
      const assigned = createAssignedJobs();
      const moving = moveStranded({
        ...{ bus, assigned, log: silent },
        workers: { hasWorkers: (lane) => alive.has(lane) },
        term: { ended: stop.signal, isHeld: () => true },
        classOf: () => 'light',
      });
      for (let n = 0; n < JOBS; n++) await queueOnGpu(bus, n);
      const count = async (stream: string): Promise<number> =>
        (await bus.manager.streams.info(stream)).state.messages;

      try {
        await new Promise((resolve) => setTimeout(resolve, 3_500));
        assert.is(await count('WORK_GPU'), JOBS, 'with no worker anywhere nothing moves');
        alive.add('cpu');
        // A job is on the new lane before it is off the old one.
        await eventually(async () => (await count('WORK_GPU')) === 0);
        assert.is(await count('WORK_CPU'), JOBS);
        assert.is(assigned.waiting('cpu', 'light'), JOBS);
      } finally {
        stop.abort();
        await moving;
      }
    });
  },
  { timeoutMs: 120_000 },
);
