import { countOf, type JobHistories } from '../client/job-histories.ts';
import { allEnded } from '../run/all-ended.ts';
import type { Scene } from '../run/under-load.ts';

export function countExecutions(histories: JobHistories): number {
  return histories.jobIds().reduce((sum, jobId) => sum + countOf(histories.of(jobId), 'started'), 0);
}

/** Once all have ended: how often jobs were begun, against how many there are. */
export async function executions(scene: Scene): Promise<string> {
  await allEnded(scene);
  const { histories } = scene;
  return `${countExecutions(histories)} executions of ${histories.jobIds().length} jobs`;
}
