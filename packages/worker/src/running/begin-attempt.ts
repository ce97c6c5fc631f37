import type { Delivery } from '@whisper/shared/bus/delivery';
import { countedAttempts, queuedRecord, type JobRecord } from '@whisper/shared/contracts/job-record';
import type { Versioned } from '@whisper/shared/storage/json-bucket';
import type { Work } from '@whisper/shared/contracts/work-assigned';
import type { WorkerDeps } from './worker-deps.ts';

/**
 * Counts an attempt before anything can crash, in the job's record: the delivery count would also count
 * outages. A job that has had its attempts and was not settled killed its workers: it fails here. One that has a
 * result gets a last one, which finds it.
 */
export async function beginAttempt(
  deps: WorkerDeps,
  delivery: Delivery,
  work: Work,
): Promise<Versioned<JobRecord>> {
  const hasResult = delivery.deliveryCount > 1 && (await deps.results.get(work.job.resultKey)) !== undefined;
  const allowed = deps.maxAttempts + (hasResult ? 1 : 0);
  const now = new Date().toISOString();
  // ingest writes the record after the publish; a worker may be faster.
  const known = { value: queuedRecord(work.job, work.modelClass) };
  return deps.records.change(known, (record) =>
    countedAttempts(record) >= allowed
      ? {
          ...record,
          state: 'failed',
          finishedAt: now,
          error: record.error ?? exhausted(countedAttempts(record)),
        }
      : {
          ...record,
          state: 'running',
          lane: work.lane,
          attempts: record.attempts + 1,
          workerId: deps.workerId,
          startedAt: now,
        },
  );
}

const exhausted = (attempts: number): NonNullable<JobRecord['error']> => ({
  code: 'attempts_exhausted',
  message: `the job ended its worker ${attempts} times`,
});
