import type { Happened, JobHistories } from '../client/job-histories.ts';
import { allEnded } from '../run/all-ended.ts';
import type { Found, Scene } from '../run/under-load.ts';
import type { KeptService } from '../site/kept-service.ts';
import { countExecutions } from './executions.ts';

export interface Death {
  readonly workerId: string;
  readonly atMs: number;
}

/** The id of the worker that runs now. */
export function workerIdOf(service: KeptService): string {
  const ready = service.log().findLast(({ msg }) => msg === 'ready');
  return String(ready?.['workerId']);
}

/** How soon what the dead had in hand was begun again, and whether anything ran more often than their deaths explain. */
export async function afterDeath(scene: Scene, deaths: readonly Death[], withinMs: number): Promise<Found> {
  const { histories, site } = scene;
  await allEnded(scene);
  const resumed = deaths.flatMap((death) => timesToResume(histories, death));
  const recoverMs = Math.max(0, ...resumed);
  const executions = countExecutions(histories);
  const most = histories.jobIds().length + deaths.length * (site.options.slots ?? 4);
  return {
    recoverMs,
    notes: [`${deaths.length} kills hit ${resumed.length} running jobs`],
    violations: [
      ...(recoverMs > withinMs ? [`a job was begun again after ${Math.round(recoverMs)} ms`] : []),
      ...(executions > most ? [`${executions} executions, at most ${most} are explained`] : []),
    ],
  };
}

const startsOf = (history: readonly Happened[]): readonly Happened[] =>
  history.filter(({ kind }) => kind === 'started');

/** Of every job that this worker had begun and not ended: from its death to its next beginning. */
function timesToResume(histories: JobHistories, { workerId, atMs }: Death): readonly number[] {
  return histories.jobIds().flatMap((jobId) => {
    const starts = startsOf(histories.of(jobId));
    const last = starts.findIndex(
      ({ event }) => 'workerId' in event.data && event.data.workerId === workerId,
    );
    const next = starts[last + 1];
    return last >= 0 && next && next.atMs >= atMs ? [next.atMs - atMs] : [];
  });
}
