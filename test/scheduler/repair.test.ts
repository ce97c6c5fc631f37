import * as assert from 'uvu/assert';
import type { Bus } from '@whisper/shared/bus/connect';
import { publishEvent } from '@whisper/shared/bus/publish-event';
import type { Job } from '@whisper/shared/contracts/job';
import { queuedRecord, type JobRecord } from '@whisper/shared/contracts/job-record';
import { jobSubmitted } from '@whisper/shared/contracts/job-submitted';
import { workAssigned } from '@whisper/shared/contracts/work-assigned';
import { openJobRecords, type JobRecords } from '@whisper/shared/storage/job-records';
import { createRepair } from '@whisper/scheduler/repair/repair';
import { replayEvents } from '../helpers/job-events.ts';
import { newJob } from '../helpers/new-job.ts';
import { silent, startServers, type Servers } from '../helpers/start-servers.ts';
import { suite } from '../helpers/suite.ts';

interface Context {
  servers: Servers;
  bus: Bus;
  records: JobRecords;
}

/** Two looks with no grace: what looks wrong both times is mended. */
async function repair({ bus, records }: Context, known: readonly string[] = []): Promise<void> {
  const isWaiting = (jobId: string): boolean => known.includes(jobId);
  const look = createRepair({ bus, records, log: silent, isWaiting, graceMs: 0 });
  await look();
  await look();
}

async function record({ records }: Context, job: Job, change: Partial<JobRecord> = {}): Promise<void> {
  await records.create({ ...queuedRecord(job, 'light'), ...change });
}

const submissions = async ({ bus }: Context): Promise<number> =>
  (await bus.manager.streams.info('INTAKE')).state.messages;

async function assign({ bus }: Context, job: Job): Promise<void> {
  const work = {
    version: 1 as const,
    job,
    lane: 'cpu' as const,
    modelClass: 'light' as const,
    assignedAt: job.submittedAt,
  };
  await bus.jetstream.publish('work.cpu.light', workAssigned.encode(work));
}

const now = (): string => new Date().toISOString();

suite('repair', {} as Context, (test) => {
  test.before(async (context) => {
    context.servers = await startServers();
    context.bus = await context.servers.connect();
    context.records = await openJobRecords(context.bus);
  });
  test.after(async ({ bus, servers }) => {
    await bus[Symbol.asyncDispose]();
    await servers[Symbol.asyncDispose]();
  });

  test('a job that is in no queue is queued again, once, as it was', async (context) => {
    const job = newJob('lost');
    await record(context, job, { state: 'running', attempts: 1 });
    await repair(context);
    await repair(context);
    assert.is(await submissions(context), 1);
    const message = await context.bus.manager.streams.getMessage('INTAKE', { last_by_subj: 'jobs.submit.>' });
    assert.ok(message);
    assert.equal(jobSubmitted.decode(message.data), job);
    await context.bus.manager.streams.purge('INTAKE');
  });

  test('jobs that wait, that a scheduler has in its backlog, or that have ended, are left alone', async (context) => {
    await record(context, newJob('known'));
    const waiting = newJob('waiting');
    await record(context, waiting);
    await assign(context, waiting);
    await record(context, newJob('ended'), { state: 'completed', finishedAt: now() });
    const backlog = newJob('backlog');
    await record(context, backlog);
    const subject = jobSubmitted.subject({ modelClass: 'light', tenant: backlog.tenant });
    await context.bus.jetstream.publish(subject, jobSubmitted.encode(backlog));
    await repair(context, ['known', 'lost']);
    assert.is(await submissions(context), 1);
    await context.bus.manager.streams.purge('WORK_CPU');
    await context.bus.manager.streams.purge('INTAKE');
  });

  test('one whose record is of an earlier version, without the job, ends failed', async (context) => {
    const { job: _job, ...old } = queuedRecord(newJob('old'), 'light');
    await context.records.create(old);
    await repair(context, ['known', 'lost', 'waiting', 'backlog']);
    assert.is((await context.records.get('old'))?.state, 'failed');
    const kinds = (await replayEvents(context.bus, 'old')).map(({ type }) => type);
    assert.equal(kinds, ['whisper.job.failed']);
    assert.is(await submissions(context), 0);
  });

  test('a message of a cancelled job leaves its lane, and its end is told', async (context) => {
    const job = newJob('cancelled');
    const error = { code: 'job_cancelled' as const, message: '' };
    await record(context, job, { state: 'cancelled', finishedAt: now(), error });
    await assign(context, job);
    await repair(context, ['known', 'lost', 'waiting', 'backlog']);
    assert.is((await context.bus.manager.streams.info('WORK_CPU')).state.messages, 0);
    const kinds = (await replayEvents(context.bus, 'cancelled')).map(({ type }) => type);
    assert.equal(kinds, ['whisper.job.cancelled']);
  });

  test('a message of a completed job stays until its end has been told', async (context) => {
    const job = newJob('untold');
    await record(context, job, { state: 'completed', finishedAt: now() });
    await assign(context, job);
    const known = ['known', 'lost', 'waiting', 'backlog'];
    await repair(context, known);
    assert.is((await context.bus.manager.streams.info('WORK_CPU')).state.messages, 1);
    const { jobId, resultKey, model } = job;
    await publishEvent({ bus: context.bus, name: 'test' }, 'completed', {
      ...{ jobId, resultKey, model, workerId: 'w', lane: 'cpu', attempt: 1, modelRevision: 'r' },
      ...{ language: 'en', durationSeconds: 1, processingSeconds: 1 },
    });
    await repair(context, known);
    assert.is((await context.bus.manager.streams.info('WORK_CPU')).state.messages, 0);
  });
});
