import { deadLetter } from './dead-letter.ts';
import { LANES, MODEL_CLASSES, type Lane, type ModelClass } from './identifiers.ts';
import { jobEvent, jobEventFilter } from './job-event.ts';
import { jobSubmitted, submissionFilter } from './job-submitted.ts';
import { segmentText } from './segment-text.ts';
import { systemEvent } from './system-event.ts';
import { END_KINDS } from './webhook.ts';
import { workAssigned, workFilter } from './work-assigned.ts';

/** Every stream, consumer and bucket, declared once; `infra` applies them, services only open them. */
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const KIB = 1024;
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** Republished headers of each message, so that idle workers wake without polling. */
interface Republish {
  readonly source: string;
  readonly destination: string;
}

export interface StreamDeclaration {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly kind: 'work-queue' | 'limits';
  readonly maxAgeMs?: number;
  readonly maxBytes: number;
  readonly maxMessageBytes: number;
  /** Bounded per subject: a full class refuses, it never drops. */
  readonly boundedPerSubject: boolean;
  readonly republish?: Republish;
  /** Costs no write to a disk; gone when the server restarts. */
  readonly inMemory?: boolean;
}

export interface ConsumerDeclaration {
  readonly stream: string;
  readonly name: string;
  readonly filter: string | readonly string[];
  /** One message at a time, the next when it is settled, however many take from it. */
  readonly inOrder?: boolean;
}

export const INTAKE_STREAM = 'INTAKE';
export const EVENTS_STREAM = 'EVENTS';
export const SEGMENTS_STREAM = 'SEGMENTS';
export const DEAD_STREAM = 'DEAD';
export const workStream = (lane: Lane): string => `WORK_${lane.toUpperCase()}`;
export const workConsumer = (modelClass: ModelClass): string => modelClass;
export const WEBHOOKS_CONSUMER = 'webhooks';
/** What counts the work of API keys: any ingest. */
export const USAGE_CONSUMER = 'usage';
export const backlogConsumer = (modelClass: ModelClass): string => `backlog-${modelClass}`;

/** The crash of a worker shows after this long without a progress ack. */
export const ACK_WAIT_MS = 15_000;
export const PROGRESS_ACK_MS = 5_000;
/** A message id published twice within this window is stored once. */
export const DUPLICATE_WINDOW_MS = 10 * MINUTE_MS;

export const STREAMS: readonly StreamDeclaration[] = [
  {
    name: INTAKE_STREAM,
    subjects: [jobSubmitted.filter],
    kind: 'limits',
    maxBytes: GIB,
    maxMessageBytes: 64 * KIB,
    boundedPerSubject: true,
  },
  ...LANES.map((lane) => ({
    name: workStream(lane),
    subjects: [workFilter(lane)],
    kind: 'work-queue' as const,
    maxBytes: 256 * MIB,
    maxMessageBytes: 64 * KIB,
    boundedPerSubject: true,
    republish: { source: workFilter(lane), destination: `wake.${lane}.{{wildcard(1)}}` },
  })),
  {
    name: EVENTS_STREAM,
    subjects: [jobEvent.filter, systemEvent.filter],
    kind: 'limits',
    maxAgeMs: 72 * HOUR_MS,
    maxBytes: GIB,
    maxMessageBytes: 1024 * KIB,
    boundedPerSubject: false,
  },
  {
    name: SEGMENTS_STREAM,
    subjects: [segmentText.filter],
    kind: 'limits',
    maxAgeMs: 4 * HOUR_MS,
    maxBytes: 64 * MIB,
    maxMessageBytes: 64 * KIB,
    boundedPerSubject: false,
    inMemory: true,
  },
  {
    name: DEAD_STREAM,
    subjects: [deadLetter.filter],
    kind: 'limits',
    maxAgeMs: 30 * DAY_MS,
    maxBytes: 256 * MIB,
    maxMessageBytes: 256 * KIB,
    boundedPerSubject: false,
  },
];

export const CONSUMERS: readonly ConsumerDeclaration[] = [
  ...LANES.flatMap((lane) =>
    MODEL_CLASSES.map((modelClass) => ({
      stream: workStream(lane),
      name: workConsumer(modelClass),
      filter: workAssigned.subject({ lane, modelClass }),
    })),
  ),
  // Nobody takes from these: what is pending for them is the backlog, for an autoscaler to see.
  ...MODEL_CLASSES.map((modelClass) => ({
    stream: INTAKE_STREAM,
    name: backlogConsumer(modelClass),
    filter: submissionFilter(modelClass),
  })),
  // All ingests share it: each end of a job becomes due for its webhooks once.
  { stream: EVENTS_STREAM, name: WEBHOOKS_CONSUMER, filter: END_KINDS.map(jobEventFilter) },
  { stream: EVENTS_STREAM, name: USAGE_CONSUMER, filter: jobEventFilter('completed'), inOrder: true },
];

export const BUCKETS = {
  results: { name: 'results', maxBytes: 8 * GIB },
  jobs: { name: 'jobs', ttlMs: 7 * DAY_MS, maxBytes: 2 * GIB },
  workers: { name: 'workers', ttlMs: MINUTE_MS, maxBytes: 16 * MIB },
  settings: { name: 'settings', maxBytes: 16 * MIB },
  leases: { name: 'leases', maxBytes: MIB },
  idempotency: { name: 'idempotency', ttlMs: DAY_MS, maxBytes: 256 * MIB },
  erasures: { name: 'erasures', maxBytes: 64 * MIB },
  webhooks: { name: 'webhooks', ttlMs: 7 * DAY_MS, maxBytes: GIB },
  webhookSecrets: { name: 'webhook-secrets', maxBytes: 16 * MIB },
  keys: { name: 'keys', maxBytes: 64 * MIB },
  usage: { name: 'usage', ttlMs: 400 * DAY_MS, maxBytes: 256 * MIB },
  places: { name: 'places', ttlMs: 7 * DAY_MS, maxBytes: 64 * MIB },
} as const;

/** Audio in the JetStream Object Store, where there is no S3. */
export const AUDIO_OBJECT_STORE = 'audio';
