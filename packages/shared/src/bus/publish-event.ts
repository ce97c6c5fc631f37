import { jobEvent, type JobEvent, type JobEventData, type JobEventKind } from '../contracts/job-event.ts';
import type { Bus } from './connect.ts';
import { publishDurably } from './publish.ts';

/** Who speaks: a service's or worker's name, in the event's `source`. */
export interface EventSource {
  readonly bus: Bus;
  readonly name: string;
}

/** Happen once in a job's life: the stream holds one of each at the most. */
const ONCE: readonly JobEventKind[] = ['queued', 'completed', 'failed', 'cancelled'];

/**
 * Tells subscribers what happened to a job.
 * @param serial numbers events that come more than once (started: attempt; progress, partial: a count)
 * @returns `already` when this event of the job is in the stream
 */
export async function publishEvent<K extends JobEventKind>(
  source: EventSource,
  kind: K,
  data: JobEventData<K>,
  serial?: string,
): Promise<'stored' | 'already'> {
  const { jobId } = data;
  const id = [jobId, kind, ...(serial ? [serial] : [])].join('.');
  const event = {
    specversion: '1.0',
    id,
    source: `/whisper/${source.name}`,
    type: `whisper.job.${kind}`,
    subject: jobId,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    data,
  } as unknown as JobEvent;
  return publishDurably(source.bus, jobEvent.subject({ kind, jobId }), jobEvent.encode(event), {
    messageId: id,
    onlyFirst: ONCE.includes(kind),
  });
}
