import type { Fault } from '../run/fault.ts';
import { spread, untilSubmitted } from '../run/pacing.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import type { KeptService } from '../site/kept-service.ts';
import { allEnded } from '../run/all-ended.ts';
import { countExecutions } from '../worker-faults/executions.ts';

const KILLS = 20;
/** Until another one leads and hands out again: the lease, and two seconds. */
const PAUSED_MS = 1_100 + 2_000;

export const killedSchedulers: Fault = {
  id: 'F05',
  title: `the scheduler that leads is killed, ${KILLS} times; another stands by`,
  load: '2 schedulers, 3 workers of 4 slots',
  criterion: `jobs begin again within ${PAUSED_MS / 1_000} s, none runs twice`,
  run: (run) => underLoad(run, { site: { schedulers: 2, workers: 3 } }, killLeaders),
};

async function killLeaders(scene: Scene): Promise<Found> {
  const { histories, site } = scene;
  const kills: number[] = [];
  await spread(scene, KILLS, async () => {
    const leader = site.schedulers.map(({ service }) => service).find(leads);
    if (!leader) return;
    leader.signal('SIGKILL');
    kills.push(Date.now());
    await leader.up();
  });
  await untilSubmitted(scene);
  await allEnded(scene);
  const recoverMs = longestPause(scene, kills);
  const twice = countExecutions(histories) - histories.jobIds().length;
  return {
    recoverMs,
    notes: [`${kills.length} kills`],
    violations: [
      ...(twice > 0 ? [`${twice} jobs ran twice`] : []),
      ...(recoverMs > PAUSED_MS ? [`nothing was begun for ${recoverMs} ms`] : []),
    ],
  };
}

const leads = (service: KeptService): boolean =>
  service.isUp() && service.log().findLast(({ msg }) => SAYS.includes(msg))?.msg === 'leading';
const SAYS = ['ready', 'leading', 'leading no more'];

/** From each kill to the next job that began. */
function longestPause({ histories }: Scene, kills: readonly number[]): number {
  const starts = histories
    .jobIds()
    .flatMap((jobId) => histories.of(jobId))
    .filter(({ kind }) => kind === 'started')
    .map(({ atMs }) => atMs)
    .sort((a, b) => a - b);
  // A job that was handed out before the kill may begin right after it: what counts is the longest gap that follows.
  return Math.max(0, ...kills.map((atMs) => longestGap(starts, atMs, atMs + 2 * PAUSED_MS)));
}

function longestGap(times: readonly number[], fromMs: number, toMs: number): number {
  const within = [fromMs, ...times.filter((ms) => ms > fromMs && ms < toMs)];
  return Math.max(0, ...within.slice(1).map((ms, n) => ms - (within[n] ?? ms)));
}
