import type { NatsNodes } from '../../helpers/nats-nodes.ts';
import { startTcpProxy, type TcpProxy } from '../proxy/tcp-proxy.ts';
import type { Toxics } from '../proxy/toxics.ts';

/** One service's lines to the servers, which can be cut without anybody else noticing. */
export interface Wires extends AsyncDisposable {
  readonly natsUrl: string;
  readonly s3Endpoint: string;
  /** To every node alike. */
  readonly nats: Pick<Toxics, 'latency' | 'blackhole' | 'heal' | 'tripOn'> & {
    readonly resetAll: () => void;
  };
  readonly s3: TcpProxy;
}

export async function startWires({ nodes }: NatsNodes, s3Port: number): Promise<Wires> {
  const host = '127.0.0.1';
  const toNats = await Promise.all(
    nodes.map(({ url }) => startTcpProxy({ host, port: Number(new URL(url).port) })),
  );
  const s3 = await startTcpProxy({ host, port: s3Port });
  return {
    natsUrl: toNats.map(({ port }) => `nats://${host}:${port}`).join(','),
    s3Endpoint: `http://${host}:${s3.port}`,
    s3,
    nats: allAlike(toNats),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...toNats, s3].map((proxy) => proxy[Symbol.asyncDispose]()));
    },
  };
}

function allAlike(proxies: readonly TcpProxy[]): Wires['nats'] {
  const each = (act: (toxics: Toxics) => void): void => {
    for (const { toxics } of proxies) act(toxics);
  };
  return {
    latency: (ms) => {
      each((toxics) => {
        toxics.latency(ms);
      });
    },
    blackhole: (directions) => {
      each((toxics) => {
        toxics.blackhole(directions);
      });
    },
    heal: () => {
      each((toxics) => {
        toxics.heal();
      });
    },
    tripOn: (direction, bytes, then) => {
      const isFirst = once(); // a client may change nodes meanwhile: one trip is enough
      each((toxics) => {
        toxics.tripOn(direction, bytes, () => {
          if (isFirst()) then();
        });
      });
    },
    resetAll: () => {
      for (const proxy of proxies) proxy.resetAll();
    },
  };
}

function once(): () => boolean {
  let isFirst = true;
  return () => {
    const was = isFirst;
    isFirst = false;
    return was;
  };
}
