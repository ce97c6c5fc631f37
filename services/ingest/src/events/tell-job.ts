import { kindOf, type JobEvent } from '@whisper/shared/contracts/job-event';
import type { JobRecord } from '@whisper/shared/contracts/job-record';
import type { CachedResult, ResultCache } from '@whisper/shared/storage/result-cache';
import { followJob, isEnd, type FollowedEvent, type FollowJob } from './follow-job.ts';
import { runningTexts, storedTexts, type SegmentTexts } from './segment-texts.ts';

export interface TellJob extends FollowJob {
  readonly results: ResultCache;
}

/** What is told to whoever knows a job's id: its events, with the text that they leave out on the bus. */
export interface ToldEvent {
  /** Place in the stream; none for an end that only the job's record still knows. */
  readonly sequence?: number;
  readonly kind: string;
  readonly event: object;
}

/**
 * A job's events from a place in the stream on, up to its end, which is always told.
 * @throws PipelineError `queue_unavailable`; the signal's reason
 */
export async function* tellJob(
  deps: TellJob,
  record: JobRecord,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<ToldEvent, void> {
  const texts = await textsOf(deps, record);
  for await (const followed of followJob(deps, record.jobId, after, signal)) {
    yield await withText(deps, followed, texts);
    if (isEnd(followed.event)) return;
  }
  yield await endOf(deps, record.jobId);
}

async function textsOf(deps: TellJob, record: JobRecord): Promise<SegmentTexts> {
  const running = runningTexts(deps.bus, record.jobId);
  const result = record.state === 'completed' ? await deps.results.get(record.resultKey) : undefined;
  return result ? storedTexts(result.transcript, record.attempts, running) : running;
}

async function withText(
  deps: TellJob,
  { event, sequence }: FollowedEvent,
  texts: SegmentTexts,
): Promise<ToldEvent> {
  const text = await textOf(deps, event, texts);
  const data = { ...event.data, ...(text !== undefined && { text }) };
  return { sequence, kind: kindOf(event), event: { ...event, data } };
}

async function textOf(deps: TellJob, event: JobEvent, texts: SegmentTexts): Promise<string | undefined> {
  if (event.type === 'whisper.job.partial') return texts.textOf(event.data);
  if (event.type !== 'whisper.job.completed') return undefined;
  return event.data.text ?? (await deps.results.get(event.data.resultKey))?.transcript.text;
}

/** The end of a job whose event has expired, or is not written yet. */
async function endOf(deps: TellJob, jobId: string): Promise<ToldEvent> {
  const record = await deps.records.get(jobId);
  const kind = record?.state ?? 'failed';
  const result = kind === 'completed' && record ? await deps.results.get(record.resultKey) : undefined;
  return {
    kind,
    event: {
      specversion: '1.0',
      id: `${jobId}.${kind}`,
      source: '/whisper/ingest',
      type: `whisper.job.${kind}`,
      subject: jobId,
      time: record?.finishedAt ?? new Date().toISOString(),
      datacontenttype: 'application/json',
      data: { jobId, ...describe(record, result) },
    },
  };
}

function describe(record: JobRecord | undefined, result: CachedResult | undefined): object {
  if (!record) return { code: 'not_found', message: 'the job is not known any more', attempts: 0 };
  const { attempts, error, model, resultKey } = record;
  const transcript = result?.transcript;
  return {
    resultKey,
    model,
    attempts,
    ...(error && { code: error.code, message: error.message }),
    ...(transcript && {
      text: transcript.text,
      language: transcript.language,
      durationSeconds: transcript.durationSeconds,
    }),
  };
}
