import { jobEvent, type JobEvent } from '@whisper/shared/contracts/job-event';
import type { Bus } from '@whisper/shared/bus/connect';
import { EVENTS_STREAM } from '@whisper/shared/contracts/topology';

/** All events of a job that the stream holds, in order: a replay. */
export async function replayEvents(bus: Bus, jobId: string): Promise<readonly JobEvent[]> {
  const consumer = await bus.jetstream.consumers.get(EVENTS_STREAM, { filter_subjects: `events.*.${jobId}` });
  const { num_pending: count } = await consumer.info();
  const events: JobEvent[] = [];
  if (count === 0) return events;
  for await (const message of await consumer.fetch({ max_messages: count, expires: 2_000 })) {
    events.push(jobEvent.decode(message.data));
    if (events.length === count) break;
  }
  return events;
}
