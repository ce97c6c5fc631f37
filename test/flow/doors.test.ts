import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { makeNatsUsers, seedFileOf } from '@whisper/infra/nats-users/seeds';
import { authorizationBlock } from '@whisper/infra/nats-users/server-config';
import { freePort } from '@whisper/infra/processes/free-port';
import { startNatsServer } from '@whisper/infra/processes/start-nats-server';
import { findNatsServer } from '@whisper/infra/servers/find-nats-server';
import { connectBus, type Bus, type BusSettings } from '@whisper/shared/bus/connect';
import { isRefused } from '@whisper/shared/bus/nats-errors';
import { publishDurably } from '@whisper/shared/bus/publish';
import { deadLetterFilter } from '@whisper/shared/contracts/dead-letter';
import { jobEvent } from '@whisper/shared/contracts/job-event';
import { jobSubmitted } from '@whisper/shared/contracts/job-submitted';
import { inboxPrefix, ROLES, type Role } from '@whisper/shared/contracts/role';
import { POSITION_SUBJECT } from '@whisper/shared/contracts/scheduler-questions';
import { segmentText } from '@whisper/shared/contracts/segment-text';
import { wakeFilter, workFilter } from '@whisper/shared/contracts/work-assigned';
import { cacheDirectory } from '../helpers/cache-directory.ts';
import { failureOf } from '../helpers/failure-of.ts';
import { silent, startServers, type Servers } from '../helpers/start-servers.ts';
import { suite } from '../helpers/suite.ts';

const SUBMIT = jobSubmitted.subject({ modelClass: 'light', tenant: 'default' });
const COMPLETED = jobEvent.subject({ kind: 'completed', jobId: 'job' });
const RESULT = '$KV.results.key';
const RECORD = '$KV.jobs.job.some-job';
const SETTING = '$KV.settings.class-weights';
const KEYS_OF_WORKERS = '$KV.workers.somebody';
const LEASE = '$KV.leases.scheduler';
const SEGMENT = segmentText.subject({ jobId: 'job', attempt: 1, segmentId: 0 });
const api = (call: string): string => `$JS.API.${call}`;
const DESTROYS = [
  ...['INTAKE', 'WORK_CPU', 'WORK_GPU', 'EVENTS', 'DEAD', 'KV_results', 'KV_jobs', 'KV_leases'].flatMap(
    (stream) => [api(`STREAM.DELETE.${stream}`), api(`STREAM.UPDATE.${stream}`)],
  ),
  ...[api('STREAM.CREATE.MINE'), api('STREAM.PURGE.INTAKE'), api('STREAM.PURGE.KV_jobs')],
  ...[api('CONSUMER.DELETE.WORK_CPU.light'), api('CONSUMER.CREATE.WORK_CPU.mine.work.cpu.light')],
  ...[api('STREAM.SNAPSHOT.KV_results'), api('STREAM.RESTORE.MINE'), api('ACCOUNT.PURGE.$G')],
];

/** What each role must not publish, call or listen to; `>` listens to everything. */
const FORBIDDEN: Readonly<
  Record<Role, { readonly publish: readonly string[]; readonly hear: readonly string[] }>
> = {
  ingest: {
    publish: [
      ...[RESULT, SETTING, KEYS_OF_WORKERS, LEASE, COMPLETED, SEGMENT, workFilter('cpu'), wakeFilter('cpu')],
      ...[
        deadLetterFilter('cpu'),
        api('CONSUMER.MSG.NEXT.WORK_CPU.light'),
        '$JS.ACK.WORK_CPU.light.1.1.1.1.0',
      ],
      ...[api('CONSUMER.CREATE.INTAKE.mine')],
      ...DESTROYS,
    ],
    hear: ['>', jobSubmitted.filter, workFilter('cpu'), '$KV.>', inboxPrefix('operator') + '.>'],
  },
  scheduler: {
    publish: [
      RESULT,
      KEYS_OF_WORKERS,
      COMPLETED,
      SEGMENT,
      '$O.audio.C.1',
      api('STREAM.MSG.GET.KV_results'),
      ...DESTROYS,
    ],
    hear: ['>', '$KV.results.>', segmentText.filter, inboxPrefix('ingest') + '.>'],
  },
  'cpu-worker': {
    publish: [
      ...[
        SUBMIT,
        workFilter('cpu'),
        workFilter('gpu'),
        wakeFilter('gpu'),
        SETTING,
        LEASE,
        '$KV.jobs.flight.key',
      ],
      ...[
        api('CONSUMER.MSG.NEXT.WORK_GPU.light'),
        '$JS.ACK.WORK_GPU.light.1.1.1.1.0',
        deadLetterFilter('gpu'),
      ],
      ...[api('STREAM.MSG.DELETE.WORK_CPU'), api('STREAM.MSG.GET.INTAKE'), api('STREAM.MSG.GET.WORK_CPU')],
      ...[api('STREAM.MSG.GET.DEAD'), api('STREAM.MSG.GET.SEGMENTS'), POSITION_SUBJECT],
      ...DESTROYS,
    ],
    hear: [
      '>',
      workFilter('cpu'),
      wakeFilter('gpu'),
      jobEvent.filter,
      '$KV.>',
      inboxPrefix('gpu-worker') + '.>',
    ],
  },
  'gpu-worker': {
    publish: [
      SUBMIT,
      api('CONSUMER.MSG.NEXT.WORK_CPU.light'),
      wakeFilter('cpu'),
      workFilter('gpu'),
      ...DESTROYS,
    ],
    hear: ['>', wakeFilter('cpu'), inboxPrefix('cpu-worker') + '.>'],
  },
  subscriber: {
    publish: [
      ...[
        SUBMIT,
        COMPLETED,
        RESULT,
        RECORD,
        SETTING,
        SEGMENT,
        POSITION_SUBJECT,
        workFilter('cpu'),
        '$O.audio.C.1',
      ],
      ...[api('STREAM.MSG.GET.KV_results'), api('STREAM.MSG.GET.KV_jobs'), api('STREAM.INFO.KV_results')],
      ...[api('STREAM.MSG.GET.SEGMENTS'), api('STREAM.MSG.DELETE.EVENTS'), api('STREAM.PURGE.EVENTS')],
      ...DESTROYS,
    ],
    hear: [
      '>',
      '$KV.>',
      segmentText.filter,
      '_INBOX.>',
      ...ROLES.flatMap((role) => (role === 'subscriber' ? [] : [`${inboxPrefix(role)}.>`])),
    ],
  },
  operator: {
    publish: [
      RESULT,
      LEASE,
      COMPLETED,
      workFilter('cpu'),
      api('STREAM.MSG.GET.KV_results'),
      api('STREAM.MSG.GET.KV_webhook-secrets'),
      api('CONSUMER.MSG.NEXT.WORK_CPU.light'),
      ...DESTROYS,
    ],
    hear: ['>', '$KV.results.>', segmentText.filter, inboxPrefix('ingest') + '.>'],
  },
  provisioner: {
    publish: [SUBMIT, RESULT, RECORD, COMPLETED, workFilter('cpu'), LEASE],
    hear: ['>', jobEvent.filter, segmentText.filter, '$KV.>', inboxPrefix('ingest') + '.>'],
  },
};

/** A call that is let through but finds nothing there is not refused. */
async function publishIsRefused(bus: Bus, subject: string): Promise<boolean> {
  try {
    await bus.connection.request(subject.replaceAll('*', 'any').replaceAll('>', 'any'), undefined, {
      timeout: 300,
      noMux: true,
      reply: bus.inbox(),
    });
    return false;
  } catch (error) {
    return isRefused(error);
  }
}

async function hearingIsRefused(bus: Bus, subject: string): Promise<boolean> {
  const subscription = bus.connection.subscribe(subject, { callback: () => undefined });
  await bus.connection.flush();
  return subscription.isClosed();
}

suite('NATS users', {} as { servers: Servers }, (test) => {
  test.before(async (context) => {
    context.servers = await startServers();
  });
  test.after(async ({ servers }) => {
    await servers[Symbol.asyncDispose]();
  });

  for (const role of ROLES) {
    test(`${role} is refused everything that is not its work`, async ({ servers }) => {
      await using bus = await servers.connectAs(role);
      const { publish, hear } = FORBIDDEN[role];
      const open = [];
      for (const subject of publish) if (!(await publishIsRefused(bus, subject))) open.push(subject);
      for (const subject of hear) if (!(await hearingIsRefused(bus, subject))) open.push(subject);
      assert.equal(open, []);
    });
  }

  test('who has no key, or that of another role, does not come in', async ({ servers }) => {
    const { natsEnv } = servers;
    const connect = (settings: Partial<BusSettings>): Promise<string> =>
      failureOf(
        connectBus('ingest', { NATS_URL: natsEnv.NATS_URL, ...settings }, silent, AbortSignal.timeout(5_000)),
      );
    assert.match(await connect({}), 'NATS refuses the credentials of ingest');
    assert.match(
      await connect({ NATS_USER: 'ingest', NATS_PASSWORD: 'guess' }),
      'NATS refuses the credentials',
    );
    const other = seedFileOf(natsEnv.NATS_NKEYS_DIR ?? '', 'subscriber');
    assert.match(await connect({ NATS_NKEY_SEED_FILE: other }), 'The NATS user is not one for ingest');
    assert.match(
      await connect({ NATS_NKEY_SEED_FILE: '/nowhere' }),
      'NATS_NKEY_SEED_FILE: /nowhere cannot be read',
    );
  });

  test('a refused publish fails at once and says why', async ({ servers }) => {
    await using bus = await servers.connectAs('subscriber');
    const refused = publishDurably(bus, SUBMIT, new Uint8Array(), { messageId: 'x' });
    assert.match(await failureOf(refused), 'publish on jobs.submit: NATS does not let us');
  });

  test('a role that lacks something is refused at the start, with what it lacks', async ({ servers }) => {
    const directory = await mkdtemp(join(servers.directory, 'old-'));
    const users = await makeNatsUsers(directory);
    const lacking = authorizationBlock(users).replaceAll(JSON.stringify(jobSubmitted.filter), '"nothing"');
    await using server = await startNatsServer({
      binary: await findNatsServer({ cacheDirectory, env: process.env, onProgress: () => undefined }),
      ...{ port: await freePort(), dataDirectory: directory, env: process.env, restart: false },
      authorization: lacking,
    });
    const settings = { NATS_URL: server.url, NATS_NKEYS_DIR: directory };
    const told = await failureOf(connectBus('ingest', settings, silent, AbortSignal.timeout(5_000)));
    assert.is(told, 'The NATS user of ingest lacks permissions: jobs.submit.>');
    await using bus = await connectBus('cpu-worker', settings, silent, AbortSignal.timeout(5_000));
    assert.ok(bus.connected);
  });
});
