import type { Bus } from '@whisper/shared/bus/connect';
import { isTerminal } from '@whisper/shared/contracts/job-record';
import { pause } from '@whisper/shared/kit/pause';
import type { Logger } from '@whisper/shared/kit/logger';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import { clearLanes } from './clear-lanes.ts';
import { readBacklog, readLanes } from './queued-jobs.ts';
import { createRecordsInTurn, type RecordAt } from './records-in-turn.ts';
import { requeue } from './requeue.ts';

export interface RepairDeps {
  readonly bus: Bus;
  readonly log: Logger;
  readonly records: JobRecords;
  /** Whether this scheduler has the job in its mirror of the backlog: that saves a look into the stream. */
  readonly isWaiting: (jobId: string) => boolean;
  /** What looks wrong may be on its way: only what looks so for this long is wrong. */
  readonly graceMs: number;
}

interface Suspect {
  readonly revision: number;
  readonly sinceMs: number;
}

/**
 * Finds what was missed: messages on a lane whose job has ended, and jobs that have not ended but are in no queue.
 * @returns one look; to be repeated
 */
export function createRepair(deps: RepairDeps): () => Promise<void> {
  const nextRecords = createRecordsInTurn(deps.bus);
  const suspects = new Map<string, Suspect>();
  const endedBefore = new Map<string, number>();
  return async () => {
    const lanes = await readLanes(deps.bus);
    await clearLanes(deps, lanes, endedBefore);
    const inLane = new Set(lanes.map(({ jobId }) => jobId));
    const isQueued = (jobId: string): boolean => inLane.has(jobId) || deps.isWaiting(jobId);
    for (const found of await nextRecords()) suspect(suspects, found, isQueued);
    const overdue = await confirm(deps, suspects);
    if (overdue.length > 0) await requeueMissing(deps, overdue);
  };
}

/** Looks now and then, until the signal. */
export async function repairNowAndThen(
  deps: RepairDeps & { readonly intervalMs: number; readonly ended: AbortSignal },
): Promise<void> {
  const { intervalMs, ended } = deps;
  const look = createRepair(deps);
  while (await pause(intervalMs, ended)) {
    await look().catch((err: unknown) => {
      deps.log.warn({ err }, 'looking for lost jobs interrupted: going on later');
    });
  }
}

function suspect(
  suspects: Map<string, Suspect>,
  { record, revision }: RecordAt,
  isQueued: (jobId: string) => boolean,
): void {
  const { jobId, state } = record;
  if (isTerminal(state) || isQueued(jobId)) suspects.delete(jobId);
  else if (suspects.get(jobId)?.revision !== revision) {
    suspects.set(jobId, { revision, sinceMs: performance.now() });
  }
}

/** Suspects whose time is up and that nobody has touched since. */
async function confirm(deps: RepairDeps, suspects: Map<string, Suspect>): Promise<readonly RecordAt[]> {
  const overdue: RecordAt[] = [];
  for (const [jobId, { revision, sinceMs }] of suspects) {
    if (performance.now() - sinceMs < deps.graceMs) continue;
    suspects.delete(jobId);
    const now = await deps.records.find(jobId);
    if (now?.revision === revision && !deps.isWaiting(jobId)) overdue.push({ record: now.value, revision });
  }
  return overdue;
}

/** The backlog first: a job that is given to a lane meanwhile is seen there. */
async function requeueMissing(deps: RepairDeps, overdue: readonly RecordAt[]): Promise<void> {
  const messages = [...(await readBacklog(deps.bus)), ...(await readLanes(deps.bus))];
  const queued = new Set(messages.map(({ jobId }) => jobId));
  for (const found of overdue) {
    if (!queued.has(found.record.jobId)) await requeue(deps, found);
  }
}
