import type { Bus } from '../bus/connect.ts';
import { busError } from '../bus/nats-errors.ts';
import { jobEvent, type JobEventKind } from '../contracts/job-event.ts';
import { EVENTS_STREAM } from '../contracts/topology.ts';

/**
 * Whether subscribers have been told this end of a job.
 * @throws PipelineError `queue_unavailable`
 */
export async function hasEnd(bus: Bus, kind: JobEventKind, jobId: string): Promise<boolean> {
  try {
    const subject = jobEvent.subject({ kind, jobId });
    return (await bus.manager.streams.getMessage(EVENTS_STREAM, { last_by_subj: subject })) !== null;
  } catch (error) {
    throw busError(error, 'events of a job');
  }
}
