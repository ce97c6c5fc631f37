import type { JobEvent } from '@whisper/shared/contracts/job-event';
import { END_KINDS, type EndKind, type JobEnd } from '@whisper/shared/contracts/webhook';
import type { CachedResult } from '@whisper/shared/storage/result-cache';
import type { JobRecord } from '@whisper/shared/contracts/job-record';
import { linksOf } from '../jobs/describe-job.ts';

/** A job's end as its webhooks tell it, from its event; what only the system itself needs is left out. */
export function endOfEvent(event: JobEvent, sequence: number): JobEnd | undefined {
  const kind = kindOfEnd(event);
  if (kind === undefined) return undefined;
  return { kind, sequence, at: event.time, data: { ...about(event.data, kind), ...details(event) } };
}

/** The end of a job whose text was there already: nothing happened that there would be an event of. */
export function endOfHit(record: JobRecord, result: CachedResult | undefined): JobEnd {
  return {
    kind: 'completed',
    sequence: 0,
    at: record.finishedAt ?? record.submittedAt,
    data: { ...about(record, 'completed'), ...(result && heard(result)) },
  };
}

function heard({ transcript: { durationSeconds, language } }: CachedResult): JobEnd['data'] {
  return { language, durationSeconds };
}

function kindOfEnd({ type }: JobEvent): EndKind | undefined {
  return END_KINDS.find((kind) => type === `whisper.job.${kind}`);
}

function about({ jobId, model }: { jobId: string; model: string }, state: EndKind): JobEnd['data'] {
  return { id: jobId, object: 'job', model, state, links: { ...linksOf(jobId) } };
}

function details(event: JobEvent): JobEnd['data'] {
  if (event.type === 'whisper.job.completed') {
    const { language, durationSeconds, processingSeconds } = event.data;
    return { language, durationSeconds, processingSeconds };
  }
  if (event.type === 'whisper.job.failed') {
    const { code, message, attempts } = event.data;
    return { error: { code, message }, attempts };
  }
  return event.type === 'whisper.job.cancelled' ? { reason: event.data.reason } : {};
}
