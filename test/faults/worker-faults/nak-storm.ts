import { readFile } from 'node:fs/promises';
import { numberedAudio } from '../client/numbered-audio.ts';
import type { Fault, FaultRun } from '../run/fault.ts';
import { allEnded } from '../run/all-ended.ts';
import { during, untilSubmitted } from '../run/pacing.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import type { KeptService } from '../site/kept-service.ts';

const BURST = 200;
/** Faster than they are done, and slow enough for each request to have its answer on a busy machine. */
const BURST_PER_SECOND = 40;
const JOB_MS = 2_000;
const AWAY_MS = 15_000;
/** At 0, 1, 3 and 7 s, and at 15 s with luck: each wait a quarter longer or shorter. */
const MOST_TIMES_EACH = 5;
/** Of one processor, for all workers together. */
const MOST_BUSY = 0.5;
/** Of `/proc/<pid>/stat`, on every Linux. */
const TICKS_PER_SECOND = 100;

export const nakStorm: Fault = {
  id: 'F19B',
  title: `the store is killed for ${AWAY_MS / 1_000} s when ${BURST} jobs are queued: all that are taken are handed back at once`,
  load: `${BURST} jobs of ${JOB_MS / 1_000} s, ${BURST_PER_SECOND} a second, on 3 workers of 4 slots`,
  criterion: `back-off spreads them: none comes back more than ${MOST_TIMES_EACH} times, workers use less than half a processor; no attempt is lost by it`,
  run: (run: FaultRun) =>
    underLoad(
      { ...run, jobs: BURST, jobsPerSecond: BURST_PER_SECOND },
      { site: { workers: 3 }, audioOf: (n) => numberedAudio(n, { delayMs: JOB_MS }) },
      loseStore,
    ),
};

async function loseStore(scene: Scene): Promise<Found> {
  const { s3, workers } = scene.site;
  const services = workers.map(({ service }) => service);
  await untilSubmitted(scene);
  let busy = await secondsOf(services);
  await during(
    AWAY_MS,
    () => s3.signal('SIGKILL'),
    async () => {
      busy = ((await secondsOf(services)) - busy) / (AWAY_MS / 1_000);
      await s3.start();
    },
  );
  await allEnded(scene);
  const times = handedBack(services);
  const most = Math.max(0, ...times.values());
  return {
    notes: [
      `${times.size} jobs handed back, ${most} times at the most`,
      `workers used ${Math.round(100 * busy)} % of a processor meanwhile`,
    ],
    violations: [
      ...(times.size === 0 ? ['nothing was handed back'] : []),
      ...(most > MOST_TIMES_EACH ? [`a job was handed back ${most} times`] : []),
      ...(busy > MOST_BUSY ? [`the workers used ${Math.round(100 * busy)} % of a processor`] : []),
    ],
  };
}

/** How often each job was, by its id. */
function handedBack(services: readonly KeptService[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const line of services.flatMap((service) => service.log())) {
    const jobId = String(line['jobId']);
    if (line['verdict'] === 'handed back') times.set(jobId, (times.get(jobId) ?? 0) + 1);
  }
  return times;
}

/** Of processor time that these processes have used, of the user's and the kernel's. */
async function secondsOf(services: readonly KeptService[]): Promise<number> {
  const stats = await Promise.all(services.map((each) => readFile(`/proc/${each.pid()}/stat`, 'latin1')));
  const ticks = stats.map((stat) => {
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((sum, each) => sum + each, 0) / TICKS_PER_SECOND;
}
