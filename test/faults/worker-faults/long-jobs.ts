import { ACK_WAIT_MS } from '@whisper/shared/contracts/topology';
import { numberedAudio } from '../client/numbered-audio.ts';
import type { Fault, FaultRun } from '../run/fault.ts';
import { allEnded } from '../run/all-ended.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import { countExecutions } from './executions.ts';

const JOBS = 24;
const JOB_MS = 2 * ACK_WAIT_MS + 5_000;

export const longJobs: Fault = {
  id: 'F19',
  title: 'jobs that take longer than the ack wait, twice over',
  load: `${JOBS} jobs of ${JOB_MS / 1_000} s at once on 3 workers of 4 slots`,
  criterion: 'progress acks hold them: none is delivered twice',
  run: (run: FaultRun) =>
    underLoad(
      { ...run, jobs: JOBS, jobsPerSecond: JOBS },
      { site: { workers: 3 }, audioOf: (n) => numberedAudio(n, { delayMs: JOB_MS }) },
      waitForThem,
    ),
};

async function waitForThem(scene: Scene): Promise<Found> {
  await allEnded(scene);
  const { histories } = scene;
  const [times, jobs] = [countExecutions(histories), histories.jobIds().length];
  return {
    notes: [`${times} executions of ${jobs} jobs`],
    violations: times > jobs ? [`${times - jobs} were run again`] : [],
  };
}
