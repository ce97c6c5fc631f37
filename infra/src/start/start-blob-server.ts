import { join } from 'node:path';
import type { Role } from '@whisper/shared/contracts/role';
import type { BlobStoreSettings } from '@whisper/shared/storage/open-blob-store';
import { STORE_KEYS_FOLDER } from '@whisper/shared/storage/store-keys';
import { preferPort } from '../processes/free-port.ts';
import { startMinio, type MinioOptions } from '../processes/start-minio.ts';
import { makeStoreUsers, type StoreKey } from '../s3-keys/store-users.ts';
import { findMinio } from '../servers/find-minio.ts';
import { s3Secret } from './s3-secret.ts';
import { findOptions, type StartContext } from './start-context.ts';

/** Where the audio is kept, as settings for all services, and how each role says who it is. */
export interface BlobServer {
  readonly settings: Partial<BlobStoreSettings> & Pick<BlobStoreSettings, 'BLOB_STORE'>;
  readonly credentials: (role: Role) => Partial<StoreKey>;
  readonly description: string;
}

/** What the environment says. */
const AS_GIVEN = (): Partial<StoreKey> => ({});

const IN_NATS: BlobServer = {
  settings: { BLOB_STORE: 'jetstream' },
  credentials: AS_GIVEN,
  description: 'in NATS (JetStream Object Store)',
};

/** The operator's S3, or a MinIO of our own; where neither can be had, NATS keeps the audio. */
export async function startBlobServer(context: StartContext): Promise<BlobServer> {
  const { settings, say, shutdown } = context;
  if (settings.BLOB_STORE === 'jetstream') return IN_NATS;
  if (settings.S3_ENDPOINT !== undefined)
    return {
      settings: { BLOB_STORE: 's3' },
      credentials: AS_GIVEN,
      description: `${settings.S3_ENDPOINT} (S3)`,
    };
  try {
    return await startOwnMinio(await findMinio(findOptions(context)), context);
  } catch (error) {
    shutdown.signal.throwIfAborted();
    say(`No MinIO, so NATS keeps the audio (BLOB_STORE=jetstream). ${reasonOf(error)}`);
    return IN_NATS;
  }
}

/** Ours has a user for each role; the one that may do everything stays here. */
async function startOwnMinio(binary: string, context: StartContext): Promise<BlobServer> {
  const { settings, say } = context;
  const port = await preferPort(settings.MINIO_PORT);
  if (port !== settings.MINIO_PORT) say(`Port ${settings.MINIO_PORT} is taken: MinIO listens on ${port}`);
  const accessKey = settings.S3_ACCESS_KEY;
  const secretKey = settings.S3_SECRET_KEY ?? (await s3Secret(settings.DATA_DIR));
  const endpoint = await startServer({ binary, port, accessKey, secretKey }, context);
  const folder = join(settings.DATA_DIR, STORE_KEYS_FOLDER);
  return {
    settings: { BLOB_STORE: 's3', S3_ENDPOINT: endpoint },
    credentials: await makeStoreUsers({ endpoint, accessKey, secretKey }, folder, settings.S3_BUCKET),
    description: `${endpoint} (MinIO)`,
  };
}

type OwnMinio = Pick<MinioOptions, 'binary' | 'port' | 'accessKey' | 'secretKey'>;

async function startServer(options: OwnMinio, context: StartContext): Promise<string> {
  const { env, say, settings, shutdown } = context;
  const { signal } = shutdown;
  const minio = await startMinio({ ...options, dataDirectory: settings.DATA_DIR, env, onLine: say, signal });
  shutdown.add('servers', {
    name: 'MinIO',
    stop: async () => {
      await minio[Symbol.asyncDispose]();
    },
    kill: () => {
      minio.process.kill();
    },
  });
  return minio.endpoint;
}

/** The first line: what each way failed at has been said while they were tried. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]?.replace(/:$/, '.') ?? '';
}
