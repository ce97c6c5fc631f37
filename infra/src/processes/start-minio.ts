import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SupervisedProcess } from './supervised-process.ts';
import { waitUntilHealthy } from './wait-until-healthy.ts';

const READY_TIMEOUT_MS = 60_000;
const STOP_GRACE_MS = 10_000;

export interface MinioOptions {
  readonly binary: string;
  readonly port: number;
  /** Holds the store `minio/`, `logs/` and `run/`. */
  readonly dataDirectory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Start it again after a crash; default true. */
  readonly restart?: boolean | undefined;
  readonly onLine?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RunningMinio extends AsyncDisposable {
  readonly endpoint: string;
  readonly pid: number | undefined;
  readonly process: SupervisedProcess;
}

/** Resolves when the server is ready for clients. */
export async function startMinio(options: MinioOptions): Promise<RunningMinio> {
  const address = `127.0.0.1:${options.port}`;
  const endpoint = `http://${address}`;
  const directory = join(options.dataDirectory, 'minio');
  await mkdir(directory, { recursive: true });
  const process = new SupervisedProcess({
    name: 'minio',
    command: options.binary,
    // The certificates' folder would else be made in the user's home.
    args: ['server', directory, '--address', address, '--certs-dir', join(directory, '.certs'), '--quiet'],
    env: serverEnvironment(options),
    dataDirectory: options.dataDirectory,
    endsWithUs: 'signal',
    restart: options.restart ?? true,
    onLine: options.onLine ?? (() => undefined),
  });
  try {
    const { signal } = options;
    // `ready` answers before MinIO takes calls for users.
    const url = `${endpoint}/minio/health/cluster`;
    await waitUntilHealthy({ process, url, timeoutMs: READY_TIMEOUT_MS, signal });
  } catch (error) {
    await process.stop(STOP_GRACE_MS);
    throw error;
  }
  return {
    endpoint,
    process,
    get pid() {
      return process.pid;
    },
    [Symbol.asyncDispose]: () => process.stop(STOP_GRACE_MS),
  };
}

function serverEnvironment(options: MinioOptions): NodeJS.ProcessEnv {
  return {
    ...options.env,
    MINIO_ROOT_USER: options.accessKey,
    MINIO_ROOT_PASSWORD: options.secretKey,
    MINIO_BROWSER: 'off',
    MINIO_UPDATE: 'off',
  };
}
