import { numberedAudio } from '../client/numbered-audio.ts';
import type { Fault } from '../run/fault.ts';
import { allEnded } from '../run/all-ended.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import { countExecutions } from '../worker-faults/executions.ts';

const COPIES = 100;

export const identicalBurst: Fault = {
  id: 'F18',
  title: `${COPIES} identical uploads at once, at two ingests`,
  load: '2 ingests, 2 workers of 4 slots',
  criterion: 'one execution',
  run: (run) =>
    underLoad(
      { ...run, jobs: COPIES, jobsPerSecond: 1_000 },
      {
        site: { ingests: 2 },
        audioOf: () => numberedAudio(0, { delayMs: 2_000 }),
        mayBreak: false,
      },
      countThem,
    ),
};

async function countThem(scene: Scene): Promise<Found> {
  const { client, histories } = scene;
  await allEnded(scene);
  const ids = new Set(
    client
      .accepted()
      .filter(({ number }) => number === 0)
      .map(({ jobId }) => jobId),
  );
  const jobs = histories.jobIds().filter((jobId) => ids.has(jobId));
  const times = countExecutions({ ...histories, jobIds: () => jobs });
  return {
    notes: [`${times} execution of ${COPIES} requests`],
    violations: times === 1 ? [] : [`${times} executions`],
  };
}
