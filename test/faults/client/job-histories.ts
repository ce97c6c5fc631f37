import { readSlice } from '@whisper/shared/bus/read-stream';
import type { Bus } from '@whisper/shared/bus/connect';
import { jobEvent, kindOf, type JobEvent, type JobEventKind } from '@whisper/shared/contracts/job-event';
import { EVENTS_STREAM } from '@whisper/shared/contracts/topology';

const BATCH = 500;
const ENDS: readonly JobEventKind[] = ['completed', 'failed', 'cancelled'];

export interface Happened {
  readonly kind: JobEventKind;
  /** When the stream stored it. */
  readonly atMs: number;
  readonly event: JobEvent;
}

/** What was told of each job, from the stream that keeps it: nothing is missed, however the readers' lines break. */
export interface JobHistories {
  /** Reads what has come since the last time. */
  readonly catchUp: () => Promise<void>;
  readonly of: (jobId: string) => readonly Happened[];
  readonly jobIds: () => readonly string[];
  readonly isEnded: (jobId: string) => boolean;
}

export function followHistories(bus: Bus): JobHistories {
  const histories = new Map<string, Happened[]>();
  let next = 1;
  const of = (jobId: string): readonly Happened[] => histories.get(jobId) ?? [];
  const readOn = async (): Promise<number> => {
    const slice = { stream: EVENTS_STREAM, subject: 'events.>', from: next, count: BATCH };
    const found = await readSlice(bus, slice);
    for (const { seq, data, time } of found) {
      if (seq < next) continue;
      next = seq + 1;
      const event = jobEvent.decode(data);
      const history = histories.get(event.subject) ?? [];
      histories.set(event.subject, history);
      history.push({ kind: kindOf(event), atMs: time.getTime(), event });
    }
    return found.length;
  };
  return {
    catchUp: async () => {
      while ((await readOn()) === BATCH);
    },
    of,
    jobIds: () => [...histories.keys()],
    isEnded: (jobId) => of(jobId).some(({ kind }) => ENDS.includes(kind)),
  };
}

export const countOf = (history: readonly Happened[], kind: JobEventKind): number =>
  history.filter((happened) => happened.kind === kind).length;
