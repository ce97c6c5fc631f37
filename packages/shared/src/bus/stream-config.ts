import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { DUPLICATE_WINDOW_MS, type StreamDeclaration } from '../contracts/topology.ts';

/** What a site decides about a stream. */
export interface StreamSizing {
  readonly replicas: number;
  /** As declared, unless told. */
  readonly maxAgeMs?: number;
  /** Of one subject, where the declaration bounds each. */
  readonly maxMessagesPerSubject?: number;
}

/** A declared stream in the words of JetStream. */
export function streamConfig(
  declared: StreamDeclaration,
  { replicas, maxAgeMs = declared.maxAgeMs ?? 0, maxMessagesPerSubject = -1 }: StreamSizing,
): Partial<StreamConfig> & { name: string } {
  return {
    name: declared.name,
    subjects: [...declared.subjects],
    retention: declared.kind === 'work-queue' ? RetentionPolicy.Workqueue : RetentionPolicy.Limits,
    storage: declared.inMemory ? StorageType.Memory : StorageType.File,
    allow_direct: true,
    num_replicas: replicas,
    discard: declared.boundedPerSubject ? DiscardPolicy.New : DiscardPolicy.Old,
    max_bytes: declared.maxBytes,
    max_msg_size: declared.maxMessageBytes,
    max_age: nanos(maxAgeMs),
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
    ...(declared.boundedPerSubject && {
      max_msgs_per_subject: maxMessagesPerSubject,
      discard_new_per_subject: true,
    }),
    ...(declared.republish && {
      republish: {
        src: declared.republish.source,
        dest: declared.republish.destination,
        headers_only: true,
      },
    }),
  };
}
