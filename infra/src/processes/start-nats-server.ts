import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { SupervisedProcess } from './supervised-process.ts';
import { waitUntilHealthy } from './wait-until-healthy.ts';

const READY_TIMEOUT_MS = 60_000;
const STOP_GRACE_MS = 10_000;
/** Above the sum of what the streams and buckets reserve; their own bounds are what keeps the disk from filling. */
const MAX_STORE_BYTES = 64 * 2 ** 30;

/** Files in PEM. */
export interface ServerTls {
  readonly certFile: string;
  readonly keyFile: string;
  readonly clientCaFile: string;
}

export interface NatsServerOptions {
  readonly binary: string;
  readonly port: number;
  /** Holds the store `nats/`, `logs/` and `run/`. */
  readonly dataDirectory: string;
  readonly env: NodeJS.ProcessEnv;
  /** Who may connect and do what, as a block of the configuration; without it anybody may do anything. */
  readonly authorization?: string | undefined;
  /** Clients have to speak TLS, and to show a certificate of one of these CAs. */
  readonly tls?: ServerTls | undefined;
  /** Start it again after a crash; default true. */
  readonly restart?: boolean | undefined;
  readonly onLine?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RunningNatsServer extends AsyncDisposable {
  readonly url: string;
  readonly monitoringUrl: string;
  readonly pid: number | undefined;
  readonly process: SupervisedProcess;
}

/** Resolves when the server with its JetStream is ready for clients. */
export async function startNatsServer(options: NatsServerOptions): Promise<RunningNatsServer> {
  const monitoringPort = await freePort();
  const monitoringUrl = `http://127.0.0.1:${monitoringPort}`;
  const process = new SupervisedProcess({
    name: 'nats-server',
    command: options.binary,
    args: ['-c', await writeServerConfig(options, monitoringPort)],
    env: options.env,
    dataDirectory: options.dataDirectory,
    endsWithUs: 'signal',
    restart: options.restart ?? true,
    onLine: options.onLine ?? (() => undefined),
  });
  try {
    const { signal } = options;
    await waitUntilHealthy({ process, url: `${monitoringUrl}/healthz`, timeoutMs: READY_TIMEOUT_MS, signal });
  } catch (error) {
    await process.stop(STOP_GRACE_MS);
    throw error;
  }
  return {
    url: `nats://127.0.0.1:${options.port}`,
    monitoringUrl,
    process,
    get pid() {
      return process.pid;
    },
    [Symbol.asyncDispose]: () => process.stop(STOP_GRACE_MS),
  };
}

async function writeServerConfig(options: NatsServerOptions, monitoringPort: number): Promise<string> {
  const directory = join(options.dataDirectory, 'nats');
  await mkdir(directory, { recursive: true });
  const path = join(directory, 'nats-server.conf');
  const lines = [
    'server_name: whisper',
    `listen: "127.0.0.1:${options.port}"`,
    `http: "127.0.0.1:${monitoringPort}"`,
    'max_payload: 1MB',
    ...(options.tls ? [tlsBlock(options.tls)] : []),
    ...(options.authorization ? [options.authorization] : []),
    'jetstream {',
    `  store_dir: ${quote(directory)}`,
    '  sync_interval: always # acknowledged means on the disk', // the default syncs every two minutes
    `  max_file_store: ${MAX_STORE_BYTES}`,
    '}',
  ];
  await writeFile(path, `${lines.join('\n')}\n`, { mode: 0o600 });
  return path;
}

function tlsBlock({ certFile, keyFile, clientCaFile }: ServerTls): string {
  const [cert, key, ca] = [certFile, keyFile, clientCaFile].map(quote);
  return `tls { cert_file: ${cert ?? ''}, key_file: ${key ?? ''}, ca_file: ${ca ?? ''}, verify: true, min_version: "1.2" }`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
