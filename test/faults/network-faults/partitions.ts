import { setTimeout as sleep } from 'node:timers/promises';
import { timeToAccept } from '../run/time-to-accept.ts';
import type { Fault } from '../run/fault.ts';
import { spread } from '../run/pacing.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import type { Direction } from '../proxy/toxics.ts';
import { executions } from '../worker-faults/executions.ts';

const CUT_MS = 8_000;
const RECOVERED_WITHIN_MS = 15_000;

interface Cut {
  readonly who: 'ingests' | 'workers' | 'schedulers';
  readonly from: 'nats' | 's3';
  readonly directions: readonly Direction[];
}

const BOTH = ['up', 'down'] as const;
const CUTS: readonly Cut[] = [
  { who: 'ingests', from: 'nats', directions: BOTH },
  { who: 'workers', from: 'nats', directions: BOTH },
  { who: 'schedulers', from: 'nats', directions: BOTH },
  { who: 'workers', from: 's3', directions: BOTH },
  { who: 'ingests', from: 's3', directions: BOTH },
  { who: 'ingests', from: 'nats', directions: ['down'] },
  { who: 'workers', from: 'nats', directions: ['down'] },
  { who: 'workers', from: 'nats', directions: ['up'] },
];

export const partitions: Fault = {
  id: 'F28',
  title: `one service after another is cut off from NATS or S3 for ${CUT_MS / 1_000} s, both ways or one way, with no word to anybody`,
  load: '1 ingest, 3 workers of 4 slots, 2 schedulers',
  criterion: `what was stored without an answer counts once; accepting again within ${RECOVERED_WITHIN_MS / 1_000} s of the healing`,
  run: (run) => underLoad(run, { site: { workers: 3, schedulers: 2 }, mayBreak: false }, cutOneByOne),
};

async function cutOneByOne(scene: Scene): Promise<Found> {
  const { site } = scene;
  const times: number[] = [];
  const cuts = await spread(scene, CUTS.length, async (n) => {
    const cut = CUTS[n];
    const wires = cut && site[cut.who][0]?.wires;
    if (!wires) return;
    const line = cut.from === 'nats' ? wires.nats : wires.s3.toxics;
    line.blackhole(cut.directions);
    await sleep(CUT_MS);
    line.heal();
    times.push(await timeToAccept(scene));
  });
  const recoverMs = Math.max(...times);
  return {
    recoverMs,
    notes: [`${cuts} cuts`, await executions(scene)],
    violations: recoverMs > RECOVERED_WITHIN_MS ? [`nothing was accepted for ${recoverMs} ms more`] : [],
  };
}
