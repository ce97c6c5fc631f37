import { z } from 'zod';
import { ERROR_CODES } from './errors.ts';
import { defineMessage } from './define-message.ts';
import {
  jobIdSchema,
  laneSchema,
  modelClassSchema,
  modelNameSchema,
  resultKeySchema,
  timestampSchema,
  workerIdSchema,
} from './identifiers.ts';

export const JOB_EVENT_KINDS = [
  'queued',
  'started',
  'progress',
  'partial',
  'completed',
  'failed',
  'cancelled',
] as const;
export type JobEventKind = (typeof JOB_EVENT_KINDS)[number];

const about = { jobId: jobIdSchema, resultKey: resultKeySchema, model: modelNameSchema };
const run = { ...about, workerId: workerIdSchema, lane: laneSchema, attempt: z.int().positive() };
const seconds = z.number().nonnegative();

/** What each kind of event says; `text` is there only where the operator asked for it (EVENT_TEXT). */
const dataSchemas = {
  queued: z.strictObject({
    ...about,
    /** Where it is expected to run, as things stand. */
    lane: laneSchema,
    modelClass: modelClassSchema,
    /** 1: nothing of its class starts before it. */
    position: z.int().positive(),
    /** Until its text is there; missing while no worker lives. */
    etaSeconds: seconds.exactOptional(),
  }),
  started: z.strictObject(run),
  progress: z.strictObject({ ...run, processedSeconds: seconds, totalSeconds: seconds }),
  partial: z.strictObject({
    ...run,
    segmentId: z.int().nonnegative(),
    startSeconds: seconds,
    endSeconds: seconds,
    text: z.string().exactOptional(),
  }),
  completed: z.strictObject({
    ...run,
    modelRevision: z.string(),
    language: z.string(),
    durationSeconds: seconds,
    processingSeconds: seconds,
    text: z.string().exactOptional(),
  }),
  failed: z.strictObject({
    ...about,
    code: z.enum(ERROR_CODES),
    message: z.string(),
    attempts: z.int().nonnegative(),
  }),
  /** By request, or because nobody waited any more (CANCEL_ABANDONED). */
  cancelled: z.strictObject({ ...about, reason: z.enum(['requested', 'abandoned']) }),
} as const satisfies Record<JobEventKind, z.ZodType>;
export type JobEventData<K extends JobEventKind = JobEventKind> = z.infer<(typeof dataSchemas)[K]>;

const eventOf = <K extends JobEventKind>(kind: K): z.ZodType<JobEventOf<K>> =>
  z.strictObject({
    specversion: z.literal('1.0'),
    /** `<jobId>.<kind>`, with a running number for progress and partial. */
    id: z.string(),
    source: z.string(),
    type: z.literal(`whisper.job.${kind}`),
    subject: jobIdSchema,
    time: timestampSchema,
    datacontenttype: z.literal('application/json'),
    data: dataSchemas[kind],
  }) as unknown as z.ZodType<JobEventOf<K>>;

export interface JobEventOf<K extends JobEventKind> {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: `whisper.job.${K}`;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: JobEventData<K>;
}
export type JobEvent = { [K in JobEventKind]: JobEventOf<K> }[JobEventKind];

/** CloudEvents 1.0 in JSON, one schema a kind. */
export const jobEventSchemas = Object.fromEntries(
  JOB_EVENT_KINDS.map((kind) => [kind, eventOf(kind)]),
) as unknown as { readonly [K in JobEventKind]: z.ZodType<JobEventOf<K>> };

/** anyone -> subscribers: what happened to a job. */
export const jobEvent = defineMessage<{ kind: JobEventKind; jobId: string }, JobEvent>({
  name: 'job-event',
  filter: 'events.>',
  schema: z.union(Object.values(jobEventSchemas)),
  subject: ({ kind, jobId }) => `events.${kind}.${jobIdSchema.parse(jobId)}`,
});

export function jobEventFilter(kind: JobEventKind): string {
  return `events.${kind}.*`;
}

/** Everything that happens to one job. */
export function eventsOfJob(jobId: string): string {
  return `events.*.${jobIdSchema.parse(jobId)}`;
}

export function kindOf(event: JobEvent): JobEventKind {
  return event.type.slice('whisper.job.'.length) as JobEventKind;
}
