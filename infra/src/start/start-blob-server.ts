import type { BlobStoreSettings } from '@whisper/shared/storage/open-blob-store';
import { preferPort } from '../processes/free-port.ts';
import { startMinio } from '../processes/start-minio.ts';
import { findMinio } from '../servers/find-minio.ts';
import { s3Secret } from './s3-secret.ts';
import { findOptions, type StartContext } from './start-context.ts';

/** Where the audio is kept, as settings for the services. */
export interface BlobServer {
  readonly settings: Partial<BlobStoreSettings> & Pick<BlobStoreSettings, 'BLOB_STORE'>;
  readonly description: string;
}

const IN_NATS: BlobServer = {
  settings: { BLOB_STORE: 'jetstream' },
  description: 'in NATS (JetStream Object Store)',
};

/** The operator's S3, or a MinIO of our own; where neither can be had, NATS keeps the audio. */
export async function startBlobServer(context: StartContext): Promise<BlobServer> {
  const { settings, say, shutdown } = context;
  if (settings.BLOB_STORE === 'jetstream') return IN_NATS;
  if (settings.S3_ENDPOINT !== undefined)
    return { settings: { BLOB_STORE: 's3' }, description: `${settings.S3_ENDPOINT} (S3)` };
  try {
    return await startOwnMinio(await findMinio(findOptions(context)), context);
  } catch (error) {
    shutdown.signal.throwIfAborted();
    say(`No MinIO, so NATS keeps the audio (BLOB_STORE=jetstream). ${reasonOf(error)}`);
    return IN_NATS;
  }
}

async function startOwnMinio(binary: string, context: StartContext): Promise<BlobServer> {
  const { settings, env, say, shutdown } = context;
  const port = await preferPort(settings.MINIO_PORT);
  if (port !== settings.MINIO_PORT) say(`Port ${settings.MINIO_PORT} is taken: MinIO listens on ${port}`);
  const accessKey = settings.S3_ACCESS_KEY;
  const secretKey = settings.S3_SECRET_KEY ?? (await s3Secret(settings.DATA_DIR));
  const { DATA_DIR: dataDirectory } = settings;
  const { signal } = shutdown;
  const minio = await startMinio({
    binary,
    port,
    dataDirectory,
    env,
    accessKey,
    secretKey,
    onLine: say,
    signal,
  });
  shutdown.add('servers', {
    name: 'MinIO',
    stop: async () => {
      await minio[Symbol.asyncDispose]();
    },
    kill: () => {
      minio.process.kill();
    },
  });
  const access = { S3_ENDPOINT: minio.endpoint, S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey };
  return { settings: { BLOB_STORE: 's3', ...access }, description: `${minio.endpoint} (MinIO)` };
}

/** The first line: what each way failed at has been said while they were tried. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]?.replace(/:$/, '.') ?? '';
}
