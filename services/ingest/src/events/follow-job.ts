import type { Bus } from '@whisper/shared/bus/connect';
import { replayStream, type StoredMessage } from '@whisper/shared/bus/replay-stream';
import {
  eventsOfJob,
  jobEvent,
  kindOf,
  type JobEvent,
  type JobEventKind,
} from '@whisper/shared/contracts/job-event';
import { isTerminal } from '@whisper/shared/contracts/job-record';
import { EVENTS_STREAM } from '@whisper/shared/contracts/topology';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import type { EventTail } from './event-tail.ts';
import { createInbox } from './inbox.ts';

/** How often somebody who hears nothing looks whether there was something all the same. */
const RECHECK_MS = 10_000;
const ENDS: readonly JobEventKind[] = ['completed', 'failed', 'cancelled'];

export interface FollowJob {
  readonly bus: Bus;
  readonly tail: EventTail;
  readonly records: JobRecords;
}

/** An event of a job, with its place in the stream. */
export interface FollowedEvent {
  readonly sequence: number;
  readonly event: JobEvent;
}

/**
 * Every event of a job after a place in the stream, once and in order: first those of the past, then those that come.
 * Ends after the event that ended the job, or without one when the job has ended and the stream does not tell (any more).
 * @param after sequence of the last event that is known already, 0 for none
 * @throws PipelineError `queue_unavailable`; the signal's reason
 */
export async function* followJob(
  deps: FollowJob,
  jobId: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<FollowedEvent, void> {
  const inbox = createInbox<StoredMessage>();
  using _listening = deps.tail.listen(jobId, inbox.put);
  const place = { last: after };
  for (;;) {
    const hadEnded = await hasEnded(deps.records, jobId);
    const range = { stream: EVENTS_STREAM, filter: eventsOfJob(jobId), from: place.last + 1 };
    if (yield* newOnes(replayStream(deps.bus, range), place)) return;
    if (hadEnded) return;
    while (await inbox.filled(RECHECK_MS, signal)) {
      if (yield* newOnes(inbox.taken(), place)) return;
    }
  }
}

/** @returns whether the job's end was among them */
async function* newOnes(
  messages: AsyncIterable<StoredMessage> | Iterable<StoredMessage>,
  place: { last: number },
): AsyncGenerator<FollowedEvent, boolean> {
  for await (const { data, sequence } of messages) {
    if (sequence <= place.last) continue;
    place.last = sequence;
    const event = jobEvent.decode(data);
    yield { sequence, event };
    if (isEnd(event)) return true;
  }
  return false;
}

/** Nothing comes after it. */
export function isEnd(event: JobEvent): boolean {
  return ENDS.includes(kindOf(event));
}

async function hasEnded(records: JobRecords, jobId: string): Promise<boolean> {
  const record = await records.get(jobId);
  return record ? isTerminal(record.state) : records.isErased(jobId);
}
