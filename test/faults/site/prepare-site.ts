import { applyTopology } from '@whisper/infra/apply-topology';
import { nanos } from '@nats-io/transport-node';
import type { Bus } from '@whisper/shared/bus/connect';
import { LANES, MODEL_CLASSES } from '@whisper/shared/contracts/identifiers';
import { workConsumer, workStream } from '@whisper/shared/contracts/topology';
import { createS3BlobStore, type S3Settings } from '@whisper/shared/storage/s3-blob-store';
import { eventually } from '../../helpers/eventually.ts';

export interface SiteLimits {
  readonly nodes?: 1 | 3;
  readonly queueLimit?: number;
  /** Shorter than in earnest, so that the death of a worker shows sooner; jobs must be shorter still. */
  readonly ackWaitMs?: number;
}

/** Streams, consumers and buckets, once the servers have elected their leaders. */
export async function prepareSite(
  connect: () => Promise<Bus>,
  s3: S3Settings,
  { nodes = 1, queueLimit = 10_000, ackWaitMs }: SiteLimits,
): Promise<void> {
  await using bus = await connect();
  await eventually(
    async () => {
      await applyTopology(bus, createS3BlobStore(s3), {
        ...{ replicas: nodes, resultTtlSeconds: 3_600, audioTtlDays: 1 },
        ...{ queueLimit, tenantQueueLimit: queueLimit },
      });
      return true;
    },
    { timeoutMs: 90_000, everyMs: 1_000 },
  );
  if (ackWaitMs !== undefined) await setAckWait(bus, ackWaitMs);
}

async function setAckWait(bus: Bus, ackWaitMs: number): Promise<void> {
  for (const lane of LANES) {
    for (const modelClass of MODEL_CLASSES) {
      const change = { ack_wait: nanos(ackWaitMs) };
      await bus.manager.consumers.update(workStream(lane), workConsumer(modelClass), change);
    }
  }
}
