import { publishEvent, type EventSource } from '../bus/publish-event.ts';
import { hasEnd } from './has-end.ts';
import type { JobRecord } from '../contracts/job-record.ts';

/** Tells subscribers, and the worker that may run it, that a job's record says `cancelled`; once. */
export async function announceCancelled(source: EventSource, record: JobRecord): Promise<void> {
  const { jobId, resultKey, model } = record;
  if (await hasEnd(source.bus, 'cancelled', jobId)) return;
  const reason = record.error?.code === 'job_abandoned' ? 'abandoned' : 'requested';
  await publishEvent(source, 'cancelled', { jobId, resultKey, model, reason }, serialOf(record));
}

/** A job that was tried again may be cancelled once more; that is another event. */
function serialOf({ attemptsForgiven, finishedAt = '' }: JobRecord): string | undefined {
  return attemptsForgiven === undefined ? undefined : String(Date.parse(finishedAt));
}
