import { setTimeout as sleep } from 'node:timers/promises';
import type { Seat, Site } from '../site/site.ts';

/** Breaks one thing for a moment; `pick` chooses among equals. */
export interface ChanceFault {
  readonly name: string;
  readonly strike: (site: Site, pick: <T>(from: readonly T[]) => T) => Promise<void>;
}

const CUT_MS = 8_000;
const STOPPED_MS = 5_000;

const killOne = (who: 'ingests' | 'workers' | 'schedulers'): ChanceFault => ({
  name: `kill one of the ${who}`,
  strike: (site, pick) => pick<Seat>(site[who]).service.killAndWait(),
});

const restartOne = (who: 'ingests' | 'workers' | 'schedulers'): ChanceFault => ({
  name: `restart one of the ${who}`,
  strike: async (site, pick) => {
    const code = await pick<Seat>(site[who]).service.restart();
    if (code !== 0) throw new Error(`one of the ${who} ended with ${code ?? 'a signal'}`);
  },
});

const cutOne = (who: 'ingests' | 'workers'): ChanceFault => ({
  name: `cut one of the ${who} off from NATS`,
  strike: async (site, pick) => {
    const { wires } = pick<Seat>(site[who]);
    wires.nats.blackhole();
    await sleep(CUT_MS);
    wires.nats.heal();
  },
});

const killNode: ChanceFault = {
  name: 'kill a NATS node',
  strike: async (site, pick) => {
    const node = pick(site.nats.nodes);
    await node.signal('SIGKILL');
    await sleep(STOPPED_MS);
    await node.start();
  },
};

const stopStore: ChanceFault = {
  name: 'stop the S3 server',
  strike: async ({ s3 }) => {
    await s3.signal('SIGSTOP');
    await sleep(STOPPED_MS);
    await s3.signal('SIGCONT');
  },
};

export const CHANCE_FAULTS: readonly ChanceFault[] = [
  ...(['ingests', 'workers', 'schedulers'] as const).flatMap((who) => [killOne(who), restartOne(who)]),
  ...[cutOne('ingests'), cutOne('workers'), killNode, stopStore],
];
