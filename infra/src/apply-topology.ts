import { AckPolicy, type JetStreamManager, type StreamInfo } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { nanos } from '@nats-io/transport-node';
import type { Bus } from '@whisper/shared/bus/connect';
import { isMissing } from '@whisper/shared/bus/nats-errors';
import { streamConfig, type StreamSizing } from '@whisper/shared/bus/stream-config';
import {
  ACK_WAIT_MS,
  BUCKETS,
  CONSUMERS,
  DEAD_STREAM,
  EVENTS_STREAM,
  INTAKE_STREAM,
  STREAMS,
  type ConsumerDeclaration,
  type StreamDeclaration,
} from '@whisper/shared/contracts/topology';
import type { BlobStore } from '@whisper/shared/storage/blob-store';
import { untilAnswered } from './until-answered.ts';

const SECONDS_PER_DAY = 86_400;

export interface TopologySettings {
  /** Copies of each stream: 3 in production, 1 on one machine. */
  readonly replicas: number;
  readonly resultTtlSeconds: number;
  readonly audioTtlDays: number;
  /** How long jobs, events and dead letters are kept; else as declared. */
  readonly jobTtlSeconds?: number;
  readonly eventTtlSeconds?: number;
  readonly deadTtlSeconds?: number;
  /** Jobs of one class that may wait or run; the next one is refused. */
  readonly queueLimit: number;
  /** Jobs of one tenant and class that may wait in the backlog. */
  readonly tenantQueueLimit: number;
}

/** Creates or updates every stream, consumer and bucket, and the store of audio; running it again changes nothing. */
export async function applyTopology(bus: Bus, blobs: BlobStore, settings: TopologySettings): Promise<void> {
  await blobs.prepare({
    audioDays: settings.audioTtlDays,
    resultDays: Math.ceil(settings.resultTtlSeconds / SECONDS_PER_DAY),
  });
  for (const declared of STREAMS)
    await untilAnswered(() => applyStream(bus.manager, streamConfig(declared, sizingOf(declared, settings))));
  for (const declared of CONSUMERS) await untilAnswered(() => applyConsumer(bus.manager, declared));
  for (const bucket of Object.values(BUCKETS)) {
    const wanted = {
      name: bucket.name,
      ttlMs: bucketTtlMs(bucket, settings),
      maxBytes: bucket.maxBytes,
      replicas: settings.replicas,
    };
    await untilAnswered(() => applyBucket(bus, wanted));
  }
}

function bucketTtlMs(bucket: { name: string; ttlMs?: number }, settings: TopologySettings): number {
  if (bucket.name === BUCKETS.results.name) return settings.resultTtlSeconds * 1_000;
  if (bucket.name === BUCKETS.jobs.name && settings.jobTtlSeconds) return settings.jobTtlSeconds * 1_000;
  return bucket.ttlMs ?? 0;
}

function sizingOf(declared: StreamDeclaration, settings: TopologySettings): StreamSizing {
  const { queueLimit, replicas, tenantQueueLimit } = settings;
  return {
    replicas,
    maxAgeMs: streamTtlMs(declared, settings),
    maxMessagesPerSubject: declared.name === INTAKE_STREAM ? tenantQueueLimit : queueLimit,
  };
}

function streamTtlMs({ maxAgeMs = 0, name }: StreamDeclaration, settings: TopologySettings): number {
  if (name === EVENTS_STREAM && settings.eventTtlSeconds) return settings.eventTtlSeconds * 1_000;
  return name === DEAD_STREAM && settings.deadTtlSeconds ? settings.deadTtlSeconds * 1_000 : maxAgeMs;
}

function unlessMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

async function applyStream(
  manager: JetStreamManager,
  config: ReturnType<typeof streamConfig>,
): Promise<void> {
  const exists = await manager.streams.info(config.name).catch(unlessMissing);
  if (exists && exists.config.retention !== config.retention) await removeOutdated(manager, exists);
  if (!exists || exists.config.retention !== config.retention) {
    await manager.streams.add(config);
    return;
  }
  const { retention: _fixed, ...changeable } = config;
  await manager.streams.update(config.name, changeable);
}

/** A stream's retention cannot be changed: one from before is made anew, once it is empty. */
async function removeOutdated(manager: JetStreamManager, { config, state }: StreamInfo): Promise<void> {
  if (state.messages > 0) {
    throw new Error(
      `The stream ${config.name} is of an earlier version and still holds ${state.messages} messages: let that version finish them, then run this again`,
    );
  }
  await manager.streams.delete(config.name);
}

/** No `backoff` (it would replace the ack wait) and no delivery limit: attempts are counted in the job's record. */
async function applyConsumer(manager: JetStreamManager, declared: ConsumerDeclaration): Promise<void> {
  const changeable = {
    ...(typeof declared.filter === 'string'
      ? { filter_subject: declared.filter }
      : { filter_subjects: [...declared.filter] }),
    ack_wait: nanos(ACK_WAIT_MS),
    max_deliver: -1,
    max_ack_pending: declared.inOrder ? 1 : 10_000,
  };
  const exists = await manager.consumers.info(declared.stream, declared.name).catch(unlessMissing);
  if (exists) {
    await manager.consumers.update(declared.stream, declared.name, changeable);
    return;
  }
  await manager.consumers.add(declared.stream, {
    durable_name: declared.name,
    ack_policy: AckPolicy.Explicit,
    max_waiting: 8_192,
    ...changeable,
  });
}

async function applyBucket(
  bus: Bus,
  bucket: { name: string; ttlMs: number; maxBytes: number; replicas: number },
): Promise<void> {
  await new Kvm(bus.jetstream).create(bucket.name, {
    history: 1,
    ttl: bucket.ttlMs,
    max_bytes: bucket.maxBytes,
    replicas: bucket.replicas,
  });
  await bus.manager.streams.update(`KV_${bucket.name}`, {
    max_age: nanos(bucket.ttlMs),
    max_bytes: bucket.maxBytes,
    num_replicas: bucket.replicas,
  });
}
