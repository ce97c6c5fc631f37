import type { Bus } from '@whisper/shared/bus/connect';
import { LANES, MODEL_CLASSES, type Lane, type ModelClass } from '@whisper/shared/contracts/identifiers';
import { isTerminal } from '@whisper/shared/contracts/job-record';
import { INTAKE_STREAM, workConsumer, workStream } from '@whisper/shared/contracts/topology';
import type { Logger } from '@whisper/shared/kit/logger';
import { pause } from '@whisper/shared/kit/pause';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import type { Backlog } from '../backlog/backlog.ts';
import type { IntakeFollower } from '../backlog/follow-intake.ts';
import type { AssignedJob, AssignedJobs } from './assigned-jobs.ts';

const EVERY_MS = 1_000;

export interface Reconcile {
  readonly bus: Bus;
  readonly log: Logger;
  readonly ended: AbortSignal;
  readonly records: JobRecords;
  readonly backlog: Backlog;
  readonly assigned: AssignedJobs;
  readonly intake: IntakeFollower;
  readonly others: OtherWork;
  readonly onChange: () => void;
}

/** Messages on the lanes beyond those that the leader gave. */
export interface OtherWork {
  readonly of: (lane: Lane, modelClass: ModelClass) => number;
  readonly set: (lane: Lane, modelClass: ModelClass, jobs: number) => void;
}

export function createOtherWork(): OtherWork {
  const counts = new Map<string, number>();
  return {
    of: (lane, modelClass) => counts.get(`${lane}.${modelClass}`) ?? 0,
    set: (lane, modelClass, jobs) => void counts.set(`${lane}.${modelClass}`, jobs),
  };
}

/**
 * Events can be lost and consumers can stall: each second what the leader believes is held against the servers' counts.
 * Only what differs twice in a row is looked into, since counts and events never tell of the same moment.
 */
export async function reconcile(deps: Reconcile): Promise<void> {
  const doubts = new Set<string>();
  const twice = (what: string, differs: boolean): boolean => {
    const again = differs && doubts.has(what);
    if (differs) doubts.add(what);
    else doubts.delete(what);
    return again;
  };
  while (await pause(EVERY_MS, deps.ended)) {
    try {
      await reconcileIntake(deps, twice);
      for (const lane of LANES)
        for (const each of MODEL_CLASSES) await reconcileLane(deps, twice, lane, each);
      deps.onChange();
    } catch (err) {
      deps.log.warn({ err }, 'counts not compared: trying again');
    }
  }
}

type Twice = (what: string, differs: boolean) => boolean;

async function reconcileIntake({ bus, log, backlog, intake, ended }: Reconcile, twice: Twice): Promise<void> {
  const { state } = await bus.manager.streams.info(INTAKE_STREAM);
  if (twice('intake', state.messages > 0 && state.last_seq > intake.seen())) {
    log.warn({ seen: intake.seen(), last: state.last_seq }, 'intake reader is behind: starting it anew');
    intake.restart();
  }
  if (ended.aborted || !twice('backlog', backlog.size() > state.messages)) return;
  const details = await bus.manager.streams.info(INTAKE_STREAM, { deleted_details: true });
  const gone = new Set(details.state.deleted);
  for (const waiting of backlog.all()) {
    if (waiting.sequence < details.state.first_seq || gone.has(waiting.sequence))
      backlog.remove(waiting.job.jobId);
  }
}

async function reconcileLane(
  deps: Reconcile,
  twice: Twice,
  lane: Lane,
  modelClass: ModelClass,
): Promise<void> {
  const oursNow = (): readonly AssignedJob[] =>
    [...deps.assigned.all()].filter((each) => each.lane === lane && each.modelClass === modelClass);
  const isIdle = oursNow().length === 0 && deps.backlog.of(modelClass).size() === 0;
  if (isIdle && deps.others.of(lane, modelClass) === 0) return;
  const { num_pending: waiting, num_ack_pending: running } = await deps.bus.manager.consumers.info(
    workStream(lane),
    workConsumer(modelClass),
  );
  const ours = oursNow();
  const oursWaiting = ours.filter(({ startedMs }) => startedMs === undefined);
  deps.others.set(lane, modelClass, Math.max(0, waiting - oursWaiting.length));
  const stored = ours.filter(({ streamSequence }) => streamSequence !== undefined);
  const storedWaiting = stored.filter(({ startedMs }) => startedMs === undefined);
  const differs = stored.length > waiting + running || storedWaiting.length > waiting;
  if (twice(`${lane}.${modelClass}`, differs)) await lookAt(deps, stored);
}

/** The records tell what became of these jobs. */
async function lookAt({ records, assigned }: Reconcile, jobs: readonly AssignedJob[]): Promise<void> {
  for (const { job, startedMs } of jobs) {
    const record = await records.get(job.jobId);
    if (!record) continue;
    if (isTerminal(record.state)) assigned.remove(job.jobId);
    else if (record.state === 'running' && startedMs === undefined)
      assigned.started(job.jobId, performance.now());
  }
}
