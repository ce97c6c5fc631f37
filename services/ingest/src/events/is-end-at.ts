import type { Bus } from '@whisper/shared/bus/connect';
import { busError } from '@whisper/shared/bus/nats-errors';
import { jobEvent } from '@whisper/shared/contracts/job-event';
import { EVENTS_STREAM } from '@whisper/shared/contracts/topology';
import { isEnd } from './follow-job.ts';

/**
 * Whether this place in the stream holds the end of this job.
 * @throws PipelineError `queue_unavailable`
 */
export async function isEndAt(bus: Bus, jobId: string, sequence: number): Promise<boolean> {
  try {
    const found = await bus.manager.streams.getMessage(EVENTS_STREAM, { seq: sequence });
    if (!found) return false;
    const event = jobEvent.decode(found.data);
    return event.subject === jobId && isEnd(event);
  } catch (error) {
    throw busError(error, 'events of a job');
  }
}
