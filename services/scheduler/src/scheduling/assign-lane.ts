import type { Bus } from '@whisper/shared/bus/connect';
import { publishDurably } from '@whisper/shared/bus/publish';
import { publishEvent } from '@whisper/shared/bus/publish-event';
import type { Lane } from '@whisper/shared/contracts/identifiers';
import type { Job } from '@whisper/shared/contracts/job';
import { workAssigned } from '@whisper/shared/contracts/work-assigned';
import type { Settings } from '@whisper/shared/storage/settings';
import type { WorkerRegistry } from '@whisper/shared/storage/worker-registry';

export interface Assignment {
  readonly bus: Bus;
  readonly workers: WorkerRegistry;
  readonly settings: Settings;
}

export interface Place {
  readonly lane: Lane;
  /** Of this assignment: the same when it is repeated, another when the job is moved. */
  readonly messageId: string;
}

/**
 * Puts a job on the lane and class where it will run.
 * @throws PipelineError `queue_full`, `queue_unavailable`
 */
export async function assignLane({ bus, settings }: Assignment, job: Job, place: Place): Promise<void> {
  const { lane, messageId } = place;
  const modelClass = settings.classOf(job.model);
  const work = { version: 1 as const, job, lane, modelClass, assignedAt: new Date().toISOString() };
  await publishDurably(bus, workAssigned.subject({ lane, modelClass }), workAssigned.encode(work), {
    messageId,
  });
  await publishEvent({ bus, name: 'scheduler' }, 'queued', {
    jobId: job.jobId,
    resultKey: job.resultKey,
    model: job.model,
    lane,
    modelClass,
    position: 1,
  });
}
