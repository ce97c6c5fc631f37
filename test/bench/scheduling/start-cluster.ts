import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@whisper/infra/processes/free-port';
import { eventually } from '../../helpers/eventually.ts';

const NODES = [0, 1, 2];

export interface Cluster extends AsyncDisposable {
  readonly url: string;
  readonly pids: readonly number[];
}

/** Three nats-servers on loopback that form one cluster, synced to disk always. */
export async function startCluster(binary: string, directory: string): Promise<Cluster> {
  const ports = await Promise.all(NODES.flatMap(() => [freePort(), freePort(), freePort()]));
  const portsOf = (node: number): readonly number[] => ports.slice(3 * node, 3 * node + 3);
  const routes = NODES.map((node) => `"nats://127.0.0.1:${portsOf(node)[1] ?? 0}"`).join(', ');
  const nodes = await Promise.all(
    NODES.map(async (node) => {
      const [client = 0, route = 0, monitor = 0] = portsOf(node);
      const store = join(directory, `node-${node}`);
      await mkdir(store, { recursive: true });
      const lines = [
        `server_name: node-${node}`,
        `listen: "127.0.0.1:${client}"`,
        `http: "127.0.0.1:${monitor}"`,
        'jetstream {',
        `  store_dir: "${store}"`,
        '  sync_interval: always',
        `  max_file_store: ${64 * 2 ** 30}`,
        '}',
        `cluster { name: bench, listen: "127.0.0.1:${route}", routes: [${routes}] }`,
      ];
      await writeFile(join(store, 'nats.conf'), `${lines.join('\n')}\n`);
      const child = spawn(binary, ['-c', join(store, 'nats.conf')], { stdio: 'ignore' });
      return { child, client, health: `http://127.0.0.1:${monitor}/healthz` };
    }),
  );
  for (const { health } of nodes)
    await eventually(async () => (await fetch(health)).ok, { timeoutMs: 60_000 });
  return {
    url: nodes.map(({ client }) => `nats://127.0.0.1:${client}`).join(','),
    pids: nodes.map(({ child }) => child.pid ?? 0),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(
        nodes.map(async ({ child }) => {
          const gone = once(child, 'exit');
          child.kill('SIGTERM');
          await gone;
        }),
      );
    },
  };
}
