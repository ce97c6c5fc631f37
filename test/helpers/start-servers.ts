import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyTopology } from '@whisper/infra/apply-topology';
import { freePort } from '@whisper/infra/processes/free-port';
import { startMinio, type RunningMinio } from '@whisper/infra/processes/start-minio';
import { startNatsServer, type RunningNatsServer } from '@whisper/infra/processes/start-nats-server';
import { makeStoreUsers } from '@whisper/infra/s3-keys/store-users';
import { findMinio } from '@whisper/infra/servers/find-minio';
import { findNatsServer } from '@whisper/infra/servers/find-nats-server';
import { connectBus, type Bus } from '@whisper/shared/bus/connect';
import type { CredentialSettings } from '@whisper/shared/bus/credentials';
import type { Role } from '@whisper/shared/contracts/role';
import { createLogger } from '@whisper/shared/kit/logger';
import { STORE_KEYS_FOLDER } from '@whisper/shared/storage/store-keys';
import { createS3BlobStore, type S3Settings } from '@whisper/shared/storage/s3-blob-store';
import { cacheDirectory } from './cache-directory.ts';
import { makeTestUsers } from './test-users.ts';

export const silent = createLogger('test', 'silent');
const ACCESS_KEY = 'whisper';
const SECRET_KEY = 'whisper-secret';

/** A real nats-server and a real MinIO of one test file, on free ports, with stores of their own. */
export interface Servers extends AsyncDisposable {
  readonly directory: string;
  readonly nats: RunningNatsServer;
  /** NATS loses its disk, and comes back with nothing at the same address. */
  readonly loseStreams: () => Promise<void>;
  /** NATS is killed and started again, on its disk and at its address. */
  readonly restartNats: () => Promise<void>;
  /** Streams, consumers and buckets, as `npm run topology` makes them. */
  readonly provision: () => Promise<void>;
  readonly minio: RunningMinio;
  /** With the key that may do everything: for the test itself. */
  readonly s3: S3Settings;
  /** As that role. */
  readonly s3As: (role: Role) => S3Settings;
  /** Allowed everything: who watches and disturbs in a test is none of the services. */
  readonly connect: () => Promise<Bus>;
  /** Behind the doors, as that role. */
  readonly connectAs: (role: Role) => Promise<Bus>;
  /** How services and tools find NATS and say who they are. */
  readonly natsEnv: NatsEnv;
}

export interface NatsEnv {
  readonly NATS_URL: string;
  readonly NATS_NKEYS_DIR?: string;
}

export interface QueueLimits {
  readonly queueLimit?: number;
  readonly tenantQueueLimit?: number;
}

export async function startServers({
  queueLimit = 10_000,
  tenantQueueLimit,
}: QueueLimits = {}): Promise<Servers> {
  const directory = await mkdtemp(join(tmpdir(), 'whisper-test-'));
  const find = { cacheDirectory, env: process.env, onProgress: () => undefined };
  const common = { dataDirectory: directory, env: process.env, restart: false };
  const users = await makeTestUsers(directory);
  const binary = await findNatsServer(find);
  const port = await freePort();
  const startNats = (): Promise<RunningNatsServer> =>
    startNatsServer({ ...common, binary, port, authorization: users.authorization });
  let nats = await startNats();
  const minio = await startMinio({
    ...common,
    binary: await findMinio(find),
    port: await freePort(),
    accessKey: ACCESS_KEY,
    secretKey: SECRET_KEY,
  });
  const s3 = {
    S3_ENDPOINT: minio.endpoint,
    S3_REGION: 'us-east-1',
    S3_BUCKET: 'audio',
    S3_ACCESS_KEY: ACCESS_KEY,
    S3_SECRET_KEY: SECRET_KEY,
  };
  const root = { endpoint: minio.endpoint, accessKey: ACCESS_KEY, secretKey: SECRET_KEY };
  const keys = await makeStoreUsers(root, join(directory, STORE_KEYS_FOLDER), s3.S3_BUCKET);
  const s3As = (role: Role): S3Settings => ({ ...s3, ...keys(role) });
  const natsEnv = { NATS_URL: nats.url, NATS_NKEYS_DIR: users.directory };
  const connectAs = (role: Role, settings: CredentialSettings = {}): Promise<Bus> =>
    connectBus(role, { ...natsEnv, ...settings }, silent, new AbortController().signal);
  const connect = (): Promise<Bus> => connectAs('operator', { NATS_NKEY_SEED_FILE: users.tester });
  const provision = async (): Promise<void> => {
    await using bus = await connectAs('provisioner');
    await applyTopology(bus, createS3BlobStore(s3As('provisioner')), {
      replicas: 1,
      resultTtlSeconds: 3600,
      audioTtlDays: 1,
      queueLimit,
      tenantQueueLimit: tenantQueueLimit ?? queueLimit,
    });
  };
  const restartNats = async (whileDown?: () => Promise<void>): Promise<void> => {
    nats.process.kill();
    await nats[Symbol.asyncDispose]();
    await whileDown?.();
    nats = await startNats();
  };
  await provision();
  return {
    directory,
    get nats() {
      return nats;
    },
    loseStreams: () => restartNats(() => rm(join(directory, 'nats'), { recursive: true })),
    restartNats: () => restartNats(),
    provision,
    minio,
    s3,
    s3As,
    connect,
    connectAs: (role) => connectAs(role),
    natsEnv,
    [Symbol.asyncDispose]: async () => {
      await nats[Symbol.asyncDispose]();
      await minio[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
