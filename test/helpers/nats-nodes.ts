import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@whisper/infra/processes/free-port';
import { eventually } from './eventually.ts';

const MAX_STORE_BYTES = 64 * 2 ** 30;

/** One nats-server that may be killed, paused and started again on its ports and its store. */
export interface NatsNode {
  readonly name: string;
  readonly url: string;
  readonly store: string;
  readonly pid: () => number;
  /** Signals it; resolves when it is gone, which `SIGSTOP` and `SIGCONT` do not wait for. */
  readonly signal: (signal: NodeJS.Signals) => Promise<void>;
  /** Starts it again; resolves when it is healthy. */
  readonly start: () => Promise<void>;
  readonly isHealthy: () => Promise<boolean>;
  /** Removes its store while it is down. */
  readonly forget: () => Promise<void>;
}

export interface NatsNodes extends AsyncDisposable {
  readonly nodes: readonly NatsNode[];
  readonly url: string;
}

export interface NatsNodesOptions {
  readonly binary: string;
  readonly directory: string;
  /** 3 form one cluster. */
  readonly count: 1 | 3;
  readonly maxStoreBytes?: number;
  /** Who may do what, a block of the configuration; anybody anything without one. */
  readonly authorization?: string;
  /** Where the store of each node lies; a folder of its own below `directory` unless told. */
  readonly storeOf?: (name: string) => string;
}

/** nats-servers on loopback, synced to disk always. */
export async function startNatsNodes(options: NatsNodesOptions): Promise<NatsNodes> {
  const addresses = await Promise.all(Array.from({ length: options.count }, newAddress));
  const nodes = await Promise.all(
    addresses.map((address, n) => startNode(options, `node-${n}`, address, addresses)),
  );
  const stop = async (node: NatsNode): Promise<void> => {
    await node.signal('SIGCONT');
    await node.signal('SIGTERM');
  };
  for (const node of nodes) await eventually(node.isHealthy, { timeoutMs: 60_000 });
  return {
    nodes,
    url: nodes.map(({ url }) => url).join(','),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(nodes.map(stop));
    },
  };
}

interface Address {
  readonly client: number;
  readonly route: number;
  readonly monitor: number;
}

async function newAddress(): Promise<Address> {
  return { client: await freePort(), route: await freePort(), monitor: await freePort() };
}

async function startNode(
  options: NatsNodesOptions,
  name: string,
  address: Address,
  all: readonly Address[],
): Promise<NatsNode> {
  const store = options.storeOf?.(name) ?? join(options.directory, name);
  const config = join(options.directory, `${name}.conf`);
  await writeFile(config, configOf(options, { name, store, address, all }));
  const launch = async (): Promise<ChildProcess> => {
    await mkdir(store, { recursive: true });
    return spawn(options.binary, ['-c', config], { stdio: 'ignore' });
  };
  let child = await launch();
  const isHealthy = async (): Promise<boolean> =>
    (await fetch(`http://127.0.0.1:${address.monitor}/healthz`, { signal: AbortSignal.timeout(2_000) })).ok;
  return {
    ...{ name, store, isHealthy },
    url: `nats://127.0.0.1:${address.client}`,
    pid: () => child.pid ?? 0,
    signal: (signal) => signalChild(child, signal),
    start: async () => {
      child = await launch();
      await eventually(isHealthy, { timeoutMs: 60_000 });
    },
    forget: () => rm(store, { recursive: true, force: true }),
  };
}

const ENDS_NOTHING: readonly NodeJS.Signals[] = ['SIGSTOP', 'SIGCONT'];

async function signalChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  if (!ENDS_NOTHING.includes(signal)) await gone;
}

interface NodeConfig {
  readonly name: string;
  readonly store: string;
  readonly address: Address;
  readonly all: readonly Address[];
}

function configOf(
  { authorization = '', maxStoreBytes = MAX_STORE_BYTES }: NatsNodesOptions,
  { name, store, address, all }: NodeConfig,
): string {
  const routes = all.map(({ route }) => `"nats://127.0.0.1:${route}"`).join(', ');
  const lines = [
    `server_name: ${name}`,
    `listen: "127.0.0.1:${address.client}"`,
    `http: "127.0.0.1:${address.monitor}"`,
    authorization,
    'lame_duck_duration: "30s"', // the shortest that it takes
    'lame_duck_grace_period: "1s"',
    'jetstream {',
    `  store_dir: "${store}"`,
    '  sync_interval: always',
    `  max_file_store: ${maxStoreBytes}`,
    '}',
    ...(all.length > 1
      ? [
          `cluster { name: test, listen: "127.0.0.1:${address.route}", routes: [${routes}], no_advertise: true }`,
        ]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}
