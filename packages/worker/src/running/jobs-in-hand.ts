import { cancelledError } from '@whisper/shared/contracts/errors';

/** A job that this process runs now; `signal` tells when somebody has cancelled it. */
export interface InHand extends Disposable {
  readonly signal: AbortSignal;
}

export interface JobsInHand {
  /** @returns undefined when this worker has the job already */
  readonly take: (jobId: string) => InHand | undefined;
  readonly has: (jobId: string) => boolean;
  readonly ids: () => readonly string[];
  readonly cancel: (jobId: string) => void;
}

export function createJobsInHand(): JobsInHand {
  const jobs = new Map<string, AbortController>();
  return {
    take: (jobId) => {
      if (jobs.has(jobId)) return undefined;
      const controller = new AbortController();
      jobs.set(jobId, controller);
      return { signal: controller.signal, [Symbol.dispose]: () => jobs.delete(jobId) };
    },
    has: (jobId) => jobs.has(jobId),
    ids: () => [...jobs.keys()],
    cancel: (jobId) => jobs.get(jobId)?.abort(cancelledError()),
  };
}
