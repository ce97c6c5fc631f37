import type { StreamInfo } from '@nats-io/jetstream';
import type { Bus } from '@whisper/shared/bus/connect';
import { busError } from '@whisper/shared/bus/nats-errors';
import { LANES, MODEL_CLASSES, type ModelClass } from '@whisper/shared/contracts/identifiers';
import { jobSubmitted } from '@whisper/shared/contracts/job-submitted';
import { BUCKETS, INTAKE_STREAM, workStream } from '@whisper/shared/contracts/topology';
import { retry } from '@whisper/shared/kit/retry';
import { unlessAborted } from '@whisper/shared/kit/unless-aborted';

/** What is counted is half a second old at the most: enough for a limit, and cheap under load. */
const FRESH_MS = 500;
const ANSWER_MS = 1_000;
const COUNT_MS = 2_000;
const BUCKET_FULL = 0.9;
const BUCKET_STREAMS = [BUCKETS.jobs, BUCKETS.results].map(({ name }) => `KV_${name}`);
const QUEUES = [INTAKE_STREAM, ...LANES.map(workStream)];

/** The limit of a class is that of the lanes' streams, which hold all tenants' jobs under one subject. */
const LIMITED = QUEUES.indexOf(workStream('cpu'));

/** How many jobs of each class wait or run, against the limit that the streams have. */
export interface QueueRoom {
  /** False when a bucket is so full that jobs might not get to their end. */
  readonly bucketsHaveRoom: boolean;
  readonly depth: Readonly<Record<ModelClass, number>>;
  readonly limit: number;
  /** Jobs of one tenant and class that wait in the backlog, and how many may. */
  readonly tenantDepth: (modelClass: ModelClass, tenant: string) => number;
  readonly tenantLimit: number;
}

/** @throws PipelineError `queue_unavailable` */
export function createQueueRoom(bus: Bus): () => Promise<QueueRoom> {
  let latest: { readonly atMs: number; readonly room: Promise<QueueRoom> } | undefined;
  return () => {
    if (!latest || performance.now() - latest.atMs > FRESH_MS) {
      latest = { atMs: performance.now(), room: countInTime(bus) };
      latest.room.catch(() => (latest = undefined));
    }
    return latest.room;
  };
}

/** A question to a stream that has no leader is lost: it is asked again, and who uploads is refused soon. */
async function countInTime(bus: Bus): Promise<QueueRoom> {
  const tryOnce = (): Promise<QueueRoom> => unlessAborted(count(bus), AbortSignal.timeout(ANSWER_MS));
  try {
    return await retry(tryOnce, { budgetMs: COUNT_MS });
  } catch (error) {
    throw busError(error, 'queue depth');
  }
}

async function count(bus: Bus): Promise<QueueRoom> {
  const [streams, buckets] = await Promise.all([
    Promise.all(QUEUES.map((name) => bus.manager.streams.info(name, { subjects_filter: '>' }))),
    Promise.all(BUCKET_STREAMS.map((name) => bus.manager.streams.info(name))),
  ]);
  const depthOf = (modelClass: ModelClass): number =>
    streams.reduce((sum, stream) => sum + messagesOf(stream, modelClass), 0);
  const [light, medium, heavy] = MODEL_CLASSES.map(depthOf) as [number, number, number];
  const intake = streams[0]?.state.subjects ?? {};
  return {
    bucketsHaveRoom: buckets.every(hasRoom),
    depth: { light, medium, heavy },
    limit: streams[LIMITED]?.config.max_msgs_per_subject ?? 0,
    tenantDepth: (modelClass, tenant) => intake[jobSubmitted.subject({ modelClass, tenant })] ?? 0,
    tenantLimit: streams[0]?.config.max_msgs_per_subject ?? 0,
  };
}

/** A full bucket refuses even changes of what is in it, so nothing new is taken in good time. */
function hasRoom({ config, state }: StreamInfo): boolean {
  return config.max_bytes <= 0 || state.bytes < config.max_bytes * BUCKET_FULL;
}

function messagesOf(stream: StreamInfo, modelClass: ModelClass): number {
  const subjects = Object.entries(stream.state.subjects ?? {});
  return subjects.reduce((sum, [subject, count]) => (isOfClass(subject, modelClass) ? sum + count : sum), 0);
}

/** `jobs.submit.<class>.<tenant>` and `work.<lane>.<class>`. */
const isOfClass = (subject: string, modelClass: ModelClass): boolean => subject.split('.')[2] === modelClass;
