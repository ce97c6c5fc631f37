import { MODEL_CLASSES, type ModelClass } from '@whisper/shared/contracts/identifiers';
import { createClassBacklog, type BacklogRules, type ClassBacklog } from './class-backlog.ts';
import type { WaitingJob } from './waiting-job.ts';

/** Everything that waits for a lane, by class: a mirror of the intake in memory. */
export interface Backlog {
  readonly of: (modelClass: ModelClass) => ClassBacklog;
  readonly size: () => number;
  readonly all: () => readonly WaitingJob[];
  readonly get: (jobId: string) => WaitingJob | undefined;
  /** @returns false when the job waits already */
  readonly add: (waiting: WaitingJob) => boolean;
  readonly remove: (jobId: string) => WaitingJob | undefined;
  /** Takes a job out to run it. */
  readonly take: (waiting: WaitingJob) => void;
  /** Models may be of another class now. */
  readonly sortAnew: () => void;
}

export interface BacklogSettings extends BacklogRules {
  readonly classOf: (model: string) => ModelClass;
}

export function createBacklog(settings: BacklogSettings): Backlog {
  const jobs = new Map<string, { readonly waiting: WaitingJob; readonly modelClass: ModelClass }>();
  const newClasses = (): Record<ModelClass, ClassBacklog> => ({
    light: createClassBacklog(settings),
    medium: createClassBacklog(settings),
    heavy: createClassBacklog(settings),
  });
  let classes = newClasses();
  const put = (waiting: WaitingJob): void => {
    const modelClass = settings.classOf(waiting.job.model);
    jobs.set(waiting.job.jobId, { waiting, modelClass });
    classes[modelClass].add(waiting);
  };
  return {
    of: (modelClass) => classes[modelClass],
    size: () => jobs.size,
    all: () => [...jobs.values()].map(({ waiting }) => waiting),
    get: (jobId) => jobs.get(jobId)?.waiting,
    add: (waiting) => {
      if (jobs.has(waiting.job.jobId)) return false;
      put(waiting);
      return true;
    },
    remove: (jobId) => {
      const found = jobs.get(jobId);
      if (!found) return undefined;
      jobs.delete(jobId);
      classes[found.modelClass].remove(found.waiting);
      return found.waiting;
    },
    take: (waiting) => {
      const found = jobs.get(waiting.job.jobId);
      jobs.delete(waiting.job.jobId);
      if (found) classes[found.modelClass].take(waiting);
    },
    sortAnew: () => {
      const all = MODEL_CLASSES.flatMap((each) => [...classes[each].inOrder(0)]);
      classes = newClasses();
      for (const waiting of all.sort((a, b) => a.sequence - b.sequence)) put(waiting);
    },
  };
}
