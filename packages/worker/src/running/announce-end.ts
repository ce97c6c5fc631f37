import type { Delivery } from '@whisper/shared/bus/delivery';
import { publishDeadLetter } from '@whisper/shared/bus/publish-dead-letter';
import { publishEvent, type EventSource } from '@whisper/shared/bus/publish-event';
import { erasedError, type ErrorCode } from '@whisper/shared/contracts/errors';
import type { JobRecord } from '@whisper/shared/contracts/job-record';
import { announceCancelled } from '@whisper/shared/jobs/announce-cancelled';
import type { Work } from '@whisper/shared/contracts/work-assigned';
import type { Running } from './running.ts';
import type { WorkerDeps } from './worker-deps.ts';

/** A longer text would not fit into a message. */
const MAX_EVENT_TEXT = 200_000;
/** Ends that an operator may want to look at and replay; the rest are the request's own fault. */
const WORTH_KEEPING: readonly ErrorCode[] = [
  'attempts_exhausted',
  'engine_failed',
  'model_unavailable',
  'audio_missing',
  'audio_corrupt',
  'internal',
];

/**
 * Publishes a job's end from its record, once however often it is called: what the record says is final,
 * and the stream takes one such event a job.
 * @throws PipelineError `job_erased`
 */
export async function announceEnd(deps: WorkerDeps, delivery: Delivery, ended: Running): Promise<void> {
  const record = ended.record.value;
  if (await isOthers(deps, record)) return;
  const source: EventSource = { bus: deps.bus, name: deps.workerId };
  const about = { jobId: record.jobId, resultKey: record.resultKey, model: record.model };
  if (record.state === 'completed') await announceCompleted(deps, source, ended);
  else if (record.state === 'cancelled') await announceCancelled(source, record);
  else if (record.error) {
    const { code, message } = record.error;
    if (WORTH_KEEPING.includes(code)) await bury(deps, delivery, ended.work, record);
    const data = { ...about, code, message, attempts: record.attempts };
    await publishEvent(source, 'failed', data, replayOf(record));
  }
}

/** Somebody may have been quick: a job that was opened anew has another end to tell. */
async function isOthers({ records }: WorkerDeps, { attemptsForgiven, jobId }: JobRecord): Promise<boolean> {
  const now = await records.get(jobId);
  if (!now && (await records.isErased(jobId))) throw erasedError();
  return now !== undefined && now.attemptsForgiven !== attemptsForgiven;
}

async function announceCompleted(deps: WorkerDeps, source: EventSource, ended: Running): Promise<void> {
  const record = ended.record.value;
  const result = ended.result ?? (await deps.results.get(record.resultKey));
  if (!result) {
    deps.log.error({ jobId: record.jobId }, 'completed job has lost its result: not announced');
    return;
  }
  const { transcript, model } = result;
  await publishEvent(source, 'completed', {
    jobId: record.jobId,
    resultKey: record.resultKey,
    model: record.model,
    workerId: record.workerId ?? deps.workerId,
    lane: record.lane ?? ended.work.lane,
    attempt: record.attempts,
    modelRevision: model.revision,
    language: transcript.language,
    durationSeconds: transcript.durationSeconds,
    processingSeconds: secondsBetween(record.startedAt, record.finishedAt),
    ...(deps.eventText && transcript.text.length <= MAX_EVENT_TEXT && { text: transcript.text }),
  });
}

/** After an operator's replay a job may fail once more; that is another event and another letter. */
const replayOf = ({ attemptsForgiven }: JobRecord): string | undefined =>
  attemptsForgiven === undefined ? undefined : `after-${attemptsForgiven}`;

function secondsBetween(from = '', to = ''): number {
  const ms = Date.parse(to) - Date.parse(from);
  return Number.isFinite(ms) ? Math.max(0, ms / 1000) : 0;
}

async function bury(deps: WorkerDeps, delivery: Delivery, work: Work, record: JobRecord): Promise<void> {
  const { code, message } = record.error ?? { code: 'internal' as const, message: '' };
  await publishDeadLetter(
    deps.bus,
    { origin: deps.lane, modelClass: work.modelClass },
    {
      subject: delivery.subject,
      data: delivery.data,
      code,
      message,
      attempts: record.attempts,
      jobId: record.jobId,
      messageId: [record.jobId, 'dead', replayOf(record) ?? '0'].join('.'),
    },
  );
}
