import * as assert from 'uvu/assert';
import type { Bus } from '@whisper/shared/bus/connect';
import { queuedRecord, type JobState } from '@whisper/shared/contracts/job-record';
import { listJobs, type JobFilter } from '@whisper/shared/jobs/list-jobs';
import { openJobRecords, type JobRecords } from '@whisper/shared/storage/job-records';
import { newJob } from '../helpers/new-job.ts';
import { startServers, type Servers } from '../helpers/start-servers.ts';
import { suite } from '../helpers/suite.ts';

interface Context {
  servers: Servers;
  bus: Bus;
  records: JobRecords;
}

const JOBS = 700;

async function create({ records }: Context, jobId: string, state: JobState): Promise<void> {
  await records.create({ ...queuedRecord(newJob(jobId), 'light'), state });
  await records.claim(`${jobId}.flight`, jobId); // other keys of the bucket lie in between
}

/** All pages of a walk, and how many it took. */
async function walk(bus: Bus, filter: JobFilter): Promise<{ ids: readonly string[]; pages: number }> {
  const ids: string[] = [];
  let pages = 0;
  for (let before: number | undefined; ;) {
    const { jobs, next } = await listJobs(bus, { ...filter, before });
    assert.ok(jobs.length <= filter.limit);
    ids.push(...jobs.map(({ jobId }) => jobId));
    pages++;
    if (next === undefined) return { ids, pages };
    before = next;
  }
}

suite(
  'the list of jobs',
  {} as Context,
  (test) => {
    test.before(async (context) => {
      context.servers = await startServers();
      context.bus = await context.servers.connect();
      context.records = await openJobRecords(context.bus);
    });
    test.after(async ({ bus, servers }) => {
      await bus[Symbol.asyncDispose]();
      await servers[Symbol.asyncDispose]();
    });

    test('an empty bucket has none', async ({ bus }) => {
      assert.equal(await listJobs(bus, { limit: 10 }), { jobs: [] });
    });

    test('each job once, the latest changed first, whatever the page and wherever windows end', async (context) => {
      const { bus } = context;
      await create(context, 'oldest', 'failed');
      for (let n = 0; n < JOBS; n += 50) {
        await Promise.all(
          Array.from({ length: 50 }, (_, at) => create(context, `job-${n + at}`, 'completed')),
        );
      }
      await create(context, 'newest', 'queued');
      for (const limit of [7, 50, 200, 1_000]) {
        const { ids } = await walk(bus, { limit });
        assert.is(ids.length, JOBS + 2, `pages of ${limit}`);
        assert.is(new Set(ids).size, JOBS + 2);
        assert.equal([ids[0], ids.at(-1)], ['newest', 'oldest']);
      }
    });

    test('a rare one is found behind all others, and a change brings it to the front', async ({
      bus,
      records,
    }) => {
      assert.equal((await walk(bus, { states: ['failed'], limit: 5 })).ids, ['oldest']);
      await records.reopen(newJob('oldest'), 'light', ['failed']);
      assert.equal(
        (await listJobs(bus, { limit: 1 })).jobs.map(({ jobId }) => jobId),
        ['oldest'],
      );
      assert.equal((await walk(bus, { states: ['failed'], limit: 5 })).ids, []);
      assert.equal((await walk(bus, { model: 'base', limit: 5 })).ids, []);
    });
  },
  { timeoutMs: 60_000 },
);
