import type { Bus } from '@whisper/shared/bus/connect';
import { busError } from '@whisper/shared/bus/nats-errors';
import { jobEvent } from '@whisper/shared/contracts/job-event';
import { isTerminal, type JobRecord } from '@whisper/shared/contracts/job-record';
import { EVENTS_STREAM } from '@whisper/shared/contracts/topology';
import { deliveryKey, type EndKind, type JobEnd } from '@whisper/shared/contracts/webhook';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import type { ResultCache } from '@whisper/shared/storage/result-cache';
import type { DeliveryRecords } from '@whisper/shared/webhooks/delivery-records';
import {
  endpointOf,
  ended,
  waiting,
  type JobOfWebhook,
  type Wanted,
} from '@whisper/shared/webhooks/delivery-states';
import { endOfEvent, endOfHit } from './describe-end.ts';

export interface RegisterWebhook {
  readonly bus: Bus;
  readonly records: JobRecords;
  readonly results: ResultCache;
  readonly deliveries: DeliveryRecords;
  readonly now: () => number;
}

/**
 * Writes down who is to be told of a job's end, before its sender has an answer. Who comes when the end was followed
 * already looks for it: the record is final before the event is out, so one of the two finds the other.
 * @param end where it is known that there will be no event
 * @throws PipelineError `queue_full`, `queue_unavailable`
 */
export async function registerWebhook(
  deps: RegisterWebhook,
  job: JobOfWebhook,
  wanted: Wanted,
  end?: JobEnd,
): Promise<void> {
  const { deliveries, now } = deps;
  const key = deliveryKey(job.jobId, endpointOf(wanted.url));
  if (!(await deliveries.create(waiting(job, wanted, now()))) && wanted.withText) {
    await deliveries.change(key, (found) => (found.withText ? undefined : { ...found, withText: true }));
  }
  const past = end ?? (await pastEnd(deps, job.jobId));
  if (past) await deliveries.change(key, (found) => ended(found, past, now()));
}

/** @throws PipelineError `queue_unavailable` */
async function pastEnd(
  { bus, records, results }: RegisterWebhook,
  jobId: string,
): Promise<JobEnd | undefined> {
  const record = await records.get(jobId);
  if (!record || !isTerminal(record.state)) return undefined;
  if (wasHit(record)) return endOfHit(record, await results.get(record.resultKey));
  try {
    const last_by_subj = jobEvent.subject({ kind: record.state as EndKind, jobId });
    const found = await bus.manager.streams.getMessage(EVENTS_STREAM, { last_by_subj });
    return found ? endOfEvent(jobEvent.decode(found.data), found.seq) : undefined;
  } catch (error) {
    throw busError(error, 'the end of a job');
  }
}

/** A job of a text that was there never ran, and has no event: whoever made it may have died before it noted who is told. */
const wasHit = ({ attempts, state }: JobRecord): boolean => state === 'completed' && attempts === 0;
