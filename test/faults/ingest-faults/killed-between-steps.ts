import type { Fault } from '../run/fault.ts';
import { allEnded } from '../run/all-ended.ts';
import { spread } from '../run/pacing.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import { countExecutions } from '../worker-faults/executions.ts';
import { killAt, type Arm } from '../worker-faults/kill-at.ts';

const KILLS = 20;

/** The audio is stored, and the job not yet published; the job is published, and its record not yet written; 202 is due. */
const MOMENTS: readonly Arm[] = [
  (wires, kill) => {
    wires.nats.tripOn('up', 'PUB jobs.submit.', kill);
  },
  (wires, kill) => {
    wires.nats.tripOn('down', '"stream":"INTAKE"', kill);
  },
  (wires, kill) => {
    wires.nats.tripOn('up', 'PUB $KV.jobs.job.', kill);
  },
];

export const killedBetweenSteps: Fault = {
  id: 'F03',
  title: `ingest is killed between storing, queueing and answering, ${KILLS} times`,
  load: '1 ingest, 3 workers of 4 slots; clients send the same bytes again',
  criterion: 'the same bytes sent again are one job, which runs once; what nobody sends again expires',
  run: (run) => underLoad(run, { site: { workers: 3 } }, killIngest),
};

async function killIngest(scene: Scene): Promise<Found> {
  const { client, histories, site } = scene;
  const [seat] = site.ingests;
  const kills = await spread(scene, KILLS, async (n) => {
    const arm = MOMENTS[n % MOMENTS.length];
    if (seat && arm) await killAt(seat, arm);
    await seat?.service.up();
  });
  await allEnded(scene);
  const audios = new Set(client.accepted().map(({ sha256 }) => sha256)).size;
  const times = countExecutions(histories);
  return {
    notes: [`${kills} kills, ${times} executions of ${audios} different audios`],
    violations: times > audios ? [`${times - audios} executions too many`] : [],
  };
}
