import type { Job } from '@whisper/shared/contracts/job';
import { byClass, byLane, type Lane, type ModelClass } from '@whisper/shared/contracts/identifiers';

/** A job that was given to a lane and has not ended. */
export interface AssignedJob {
  readonly job: Job;
  readonly lane: Lane;
  readonly modelClass: ModelClass;
  /** Of its message on the lane, once the stream has it. */
  readonly streamSequence?: number | undefined;
  /** What its tenant was charged for it; missing for jobs that another leader gave. */
  readonly chargedSeconds?: number | undefined;
  /** By this process's own clock. */
  readonly assignedMs: number;
  /** When its latest attempt began; missing while it waits. */
  readonly startedMs?: number | undefined;
}

/** What lies on the lanes, as far as the leader knows; the servers' own counts set it right now and then. */
export interface AssignedJobs {
  readonly put: (assigned: AssignedJob) => void;
  readonly get: (jobId: string) => AssignedJob | undefined;
  readonly remove: (jobId: string) => AssignedJob | undefined;
  readonly started: (jobId: string, nowMs: number) => void;
  readonly all: () => Iterable<AssignedJob>;
  readonly size: () => number;
  readonly waiting: (lane: Lane, modelClass: ModelClass) => number;
  /** Waiting and running. */
  readonly held: (lane: Lane, modelClass: ModelClass) => number;
}

export function createAssignedJobs(): AssignedJobs {
  const jobs = new Map<string, AssignedJob>();
  const waiting = byLane(() => byClass(() => 0));
  const held = byLane(() => byClass(() => 0));
  const count = ({ lane, modelClass, startedMs }: AssignedJob, by: 1 | -1): void => {
    held[lane][modelClass] += by;
    if (startedMs === undefined) waiting[lane][modelClass] += by;
  };
  const remove = (jobId: string): AssignedJob | undefined => {
    const found = jobs.get(jobId);
    if (found) count(found, -1);
    jobs.delete(jobId);
    return found;
  };
  const put = (assigned: AssignedJob): void => {
    remove(assigned.job.jobId);
    jobs.set(assigned.job.jobId, assigned);
    count(assigned, 1);
  };
  return {
    put,
    get: (jobId) => jobs.get(jobId),
    remove,
    started: (jobId, nowMs) => {
      const found = jobs.get(jobId);
      if (found) put({ ...found, startedMs: nowMs });
    },
    all: () => jobs.values(),
    size: () => jobs.size,
    waiting: (lane, modelClass) => waiting[lane][modelClass],
    held: (lane, modelClass) => held[lane][modelClass],
  };
}
