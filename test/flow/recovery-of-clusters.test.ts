import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { makeNatsUsers } from '@whisper/infra/nats-users/seeds';
import { authorizationBlock } from '@whisper/infra/nats-users/server-config';
import { findNatsServer } from '@whisper/infra/servers/find-nats-server';
import { connectBus } from '@whisper/shared/bus/connect';
import { cacheDirectory } from '../helpers/cache-directory.ts';
import { eventually } from '../helpers/eventually.ts';
import { jobsApi } from '../helpers/jobs-api.ts';
import { removeBlobs } from '../helpers/list-blobs.ts';
import { startNatsNodes, type NatsNodes } from '../helpers/nats-nodes.ts';
import { pacedAudio } from '../helpers/paced-audio.ts';
import { runRecovery } from '../helpers/run-recovery.ts';
import { silent, type Servers } from '../helpers/start-servers.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

const SLOW_MS = 8_000;

interface Context {
  system: System;
  /** Where the services are now. */
  url: string;
  nats: NodeJS.ProcessEnv;
  clusters: NatsNodes[];
}

interface Jobs {
  readonly done: string;
  readonly running: string;
  readonly waiting: string;
}

/** Three empty nodes, behind the same doors. */
async function startCluster({ directory, natsEnv }: Servers): Promise<NatsNodes> {
  const find = { cacheDirectory, env: process.env, onProgress: () => undefined };
  return startNatsNodes({
    binary: await findNatsServer(find),
    directory: await mkdtemp(join(directory, 'cluster-')),
    count: 3,
    authorization: authorizationBlock(await makeNatsUsers(natsEnv.NATS_NKEYS_DIR ?? '')),
  });
}

const submit = async (url: string, text: string, delayMs: number): Promise<string> =>
  (await jobsApi.submit(url, pacedAudio({ text, delayMs }), 'tiny')).body.jobId;

async function inState(url: string, jobId: string, state: string): Promise<void> {
  await eventually(async () => (await jobsApi.get(url, jobId)).body.state === state, { timeoutMs: 60_000 });
}

async function textOf(url: string, jobId: string): Promise<string> {
  await inState(url, jobId, 'completed');
  return (await jobsApi.text(url, jobId)).body.text;
}

/** One job that is done, one in hand, one behind it: with one slot that is all there is. */
async function busyWith(url: string, name: string): Promise<Jobs> {
  const done = await submit(url, `${name} done`, 5);
  await inState(url, done, 'completed');
  const running = await submit(url, `${name} running`, SLOW_MS);
  await inState(url, running, 'running');
  return { done, running, waiting: await submit(url, `${name} waiting`, 5) };
}

/** The site as it is now to files, its servers gone, and all of it back on three empty nodes. */
async function moveToCluster(context: Context, name: string): Promise<void> {
  const { clusters, nats, system } = context;
  const { servers } = system;
  const folder = join(servers.directory, `backup-${name}`);
  await mkdir(folder);
  await runRecovery(servers, 'backup', folder, nats);
  await system.stopServices();
  await servers.nats.process.stop(5_000);
  await clusters.at(-1)?.[Symbol.asyncDispose]();
  await removeBlobs(servers.s3, '');
  const cluster = await startCluster(servers);
  clusters.push(cluster);
  context.nats = { NATS_URL: cluster.url, NATS_REPLICAS: '3' };
  const restored = await runRecovery(servers, 'restore', folder, context.nats);
  process.stdout.write(`${name}: restore ${/done in .*/.exec(restored)?.[0] ?? ''}\n`);
  const [ingest] = await Promise.all([
    system.startIngest(context.nats),
    system.startScheduler(context.nats),
    system.startWorker(context.nats),
  ]);
  context.url = ingest.url;
}

/** Names of streams that do not lie on three nodes, each up to date. */
async function thinStreams({ system, nats }: Context): Promise<readonly string[]> {
  const settings = { ...system.servers.natsEnv, NATS_URL: nats['NATS_URL'] ?? '' };
  await using bus = await connectBus('provisioner', settings, silent, AbortSignal.timeout(10_000));
  const thin: string[] = [];
  for await (const { cluster, config } of bus.manager.streams.list()) {
    const others = cluster?.replicas?.filter(({ current }) => current).length ?? 0;
    if (config.num_replicas !== 3 || others !== 2) thin.push(config.name);
  }
  return thin;
}

async function allTexts(url: string, { done, running, waiting }: Jobs): Promise<readonly string[]> {
  return [(await jobsApi.text(url, done)).body.text, await textOf(url, running), await textOf(url, waiting)];
}

suite(
  'recovery of clusters',
  {} as Context,
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({ engine: { paced: ['tiny'] }, slots: 1 });
      Object.assign(context, { url: context.system.url, nats: {}, clusters: [] });
    });
    test.after(async ({ clusters, system }) => {
      await system.stopServices();
      await clusters.at(-1)?.[Symbol.asyncDispose]();
      await system[Symbol.asyncDispose]();
    });

    for (const name of ['one node to three', 'three nodes to three others']) {
      test(`${name}: results, the job in hand and the one that waits come back`, async (context) => {
        const jobs = await busyWith(context.url, name);
        await moveToCluster(context, name.replaceAll(' ', '-'));
        assert.equal(await allTexts(context.url, jobs), [
          `${name} done`,
          `${name} running`,
          `${name} waiting`,
        ]);
        await eventually(async () => (await thinStreams(context)).length === 0, { timeoutMs: 30_000 });
        assert.is(await textOf(context.url, await submit(context.url, `${name} after`, 5)), `${name} after`);
      });
    }
  },
  { timeoutMs: 240_000 },
);
