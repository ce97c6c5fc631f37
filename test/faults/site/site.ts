import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@whisper/infra/processes/free-port';
import { findMinio } from '@whisper/infra/servers/find-minio';
import { findNatsServer } from '@whisper/infra/servers/find-nats-server';
import { connectBus, type Bus } from '@whisper/shared/bus/connect';
import type { S3Settings } from '@whisper/shared/storage/s3-blob-store';
import { cacheDirectory } from '../../helpers/cache-directory.ts';
import { startNatsNodes, type NatsNodes, type NatsNodesOptions } from '../../helpers/nats-nodes.ts';
import { silent } from '../../helpers/start-servers.ts';
import { makeTestUsers } from '../../helpers/test-users.ts';
import { Closers } from './closers.ts';
import { keepService, type KeptService } from './kept-service.ts';
import { prepareSite, type SiteLimits } from './prepare-site.ts';
import { startS3Server, type S3Server } from './s3-server.ts';
import { startWires, type Wires } from './wires.ts';

const PICO = fileURLToPath(new URL('../../../models/pico', import.meta.url));
const GARBAGE = fileURLToPath(new URL('./collect-garbage.mjs', import.meta.url));
/** Where the client's own receiver of webhooks listens. */
const OUTBOUND_ALLOW = '127.0.0.1';
const ACCESS_KEY = 'whisper';
const SECRET_KEY = 'whisper-secret';
export const PACED_WORKER = 'test/helpers/paced-worker.ts';

export interface SiteOptions extends SiteLimits {
  /** 3: a cluster, every stream three times. */
  readonly nodes?: 1 | 3;
  readonly workers?: number;
  readonly slots?: number;
  readonly ingests?: number;
  readonly schedulers?: number;
  readonly workerEntry?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly ingestEnv?: NodeJS.ProcessEnv;
  /** Modules that each service loads first, to be steered by signals. */
  readonly preload?: readonly string[];
  readonly nats?: Pick<NatsNodesOptions, 'maxStoreBytes' | 'storeOf'>;
}

/** A service behind wires of its own, so that it can be cut off alone. */
export interface Seat {
  readonly service: KeptService;
  readonly wires: Wires;
}

export interface IngestSeat extends Seat {
  readonly url: string;
}

/** The whole product on one machine, every part of which can be broken. */
export interface Site extends AsyncDisposable {
  readonly directory: string;
  readonly options: SiteOptions;
  readonly nats: NatsNodes;
  readonly s3: S3Server;
  readonly s3Settings: S3Settings;
  readonly ingests: readonly IngestSeat[];
  readonly schedulers: readonly Seat[];
  readonly workers: readonly Seat[];
  /** Straight to the servers, past all wires. */
  readonly connect: () => Promise<Bus>;
}

export async function openSite(options: SiteOptions = {}): Promise<Site> {
  const opened = new Closers();
  try {
    return await openParts(options, opened);
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw error;
  }
}

async function openParts(options: SiteOptions, opened: Closers): Promise<Site> {
  const directory = await mkdtemp(join(tmpdir(), 'whisper-faults-'));
  opened.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const users = await makeTestUsers(directory);
  const nats = opened.use(await startNats({ directory, authorization: users.authorization }, options));
  const s3 = opened.use(await startS3(directory));
  const s3Settings = settingsOf(s3.port);
  const asTester = { NATS_URL: nats.url, NATS_NKEY_SEED_FILE: users.tester };
  const connect = (): Promise<Bus> => connectBus('operator', asTester, silent, new AbortController().signal);
  await prepareSite(connect, s3Settings, options);
  const doors = { NATS_NKEYS_DIR: users.directory };
  const env = { ...s3Settings, ...doors, ...(await environment(directory, options)), ...options.env };
  const seat = async (name: string, entry: string, more: NodeJS.ProcessEnv = {}): Promise<Seat> => {
    const wires = opened.use(await startWires(nats, s3.port));
    const settings = { ...env, NATS_URL: wires.natsUrl, S3_ENDPOINT: wires.s3Endpoint, ...more };
    return { wires, service: opened.use(await keepService(name, entry, settings)) };
  };
  const ingest = async (n: number): Promise<IngestSeat> => {
    const port = await freePort();
    const ingestSeat = await seat(`ingest-${n}`, 'services/ingest/src/main.ts', {
      ...{ PORT: String(port), ...options.ingestEnv },
    });
    return { ...ingestSeat, url: `http://127.0.0.1:${port}` };
  };
  const [schedulers, workers, ingests] = await Promise.all([
    several(options.schedulers ?? 1, (n) => seat(`scheduler-${n}`, 'services/scheduler/src/main.ts')),
    several(options.workers ?? 2, (n) => seat(`worker-${n}`, options.workerEntry ?? PACED_WORKER)),
    several(options.ingests ?? 1, ingest),
  ]);
  return {
    ...{ directory, options, nats, s3, s3Settings, ingests, schedulers, workers, connect },
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

const several = <T>(count: number, make: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => make(n)));

export function servicesOf({ ingests, schedulers, workers }: Site): readonly KeptService[] {
  return [...ingests, ...schedulers, ...workers].map(({ service }) => service);
}

const find = { cacheDirectory, env: process.env, onProgress: () => undefined };

async function startNats(
  where: Pick<NatsNodesOptions, 'directory' | 'authorization'>,
  { nodes = 1, nats }: SiteOptions,
): Promise<NatsNodes> {
  return startNatsNodes({ ...nats, ...where, count: nodes, binary: await findNatsServer(find) });
}

async function startS3(directory: string): Promise<S3Server> {
  return startS3Server({
    ...{ binary: await findMinio(find), port: await freePort(), dataDirectory: directory },
    ...{ env: process.env, accessKey: ACCESS_KEY, secretKey: SECRET_KEY },
  });
}

const settingsOf = (port: number): S3Settings => ({
  S3_ENDPOINT: `http://127.0.0.1:${port}`,
  S3_REGION: 'us-east-1',
  S3_BUCKET: 'audio',
  S3_ACCESS_KEY: ACCESS_KEY,
  S3_SECRET_KEY: SECRET_KEY,
});

/** Engines inherit `XDG_RUNTIME_DIR`, and none of them uses it: so every process that belongs to a site can be told. */
async function environment(
  directory: string,
  { slots = 4, preload = [] }: SiteOptions,
): Promise<NodeJS.ProcessEnv> {
  const models = join(directory, 'models');
  await cp(PICO, join(models, 'tiny'), { recursive: true });
  return {
    ...{ DATA_DIR: directory, MODELS_DIR: models, XDG_RUNTIME_DIR: directory, DEFAULT_MODEL: 'tiny' },
    ...{ HF_ENDPOINT: 'http://127.0.0.1:9', SLOTS: String(slots), DRAIN_SECONDS: '5', MAX_UPLOADS: '200' },
    OUTBOUND_ALLOW,
    ...{
      FFMPEG_BIN: process.env['FFMPEG_BIN'],
      NODE_OPTIONS: ['--trace-warnings', ...[GARBAGE, ...preload].map((path) => `--import ${path}`)].join(
        ' ',
      ),
    },
  };
}
