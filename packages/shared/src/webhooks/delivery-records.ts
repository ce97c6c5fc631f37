import type { Bus } from '../bus/connect.ts';
import { busError } from '../bus/nats-errors.ts';
import { BUCKETS } from '../contracts/topology.ts';
import { deliveriesOfJob, deliveryKey, deliverySchema, type Delivery } from '../contracts/webhook.ts';
import { openJsonBucket, type JsonBucket, type Versioned } from '../storage/json-bucket.ts';

const STREAM = `KV_${BUCKETS.webhooks.name}`;
const SUBJECT_PREFIX = `$KV.${BUCKETS.webhooks.name}.`;

/** Every webhook that was asked for, by job and endpoint. */
export interface DeliveryRecords {
  readonly bucket: JsonBucket<Delivery>;
  readonly get: (key: string) => Promise<Versioned<Delivery> | undefined>;
  /** Their keys. */
  readonly ofJob: (jobId: string) => Promise<readonly string[]>;
  /** @returns false when there is one already */
  readonly create: (delivery: Delivery) => Promise<boolean>;
  /**
   * Writes a change of what is there now, as often as it takes for nobody to have written meanwhile.
   * @param change gives `undefined` for no change
   * @returns what was written
   */
  readonly change: (
    key: string,
    change: (delivery: Delivery) => Delivery | undefined,
  ) => Promise<Delivery | undefined>;
}

export async function openDeliveryRecords(bus: Bus): Promise<DeliveryRecords> {
  const bucket = await openJsonBucket(bus, BUCKETS.webhooks.name, deliverySchema);
  return {
    bucket,
    get: (key) => bucket.get(key),
    ofJob: (jobId) => ofJob(bus, jobId),
    create: async (delivery) =>
      (await bucket.create(deliveryKey(delivery.jobId, delivery.endpointId), delivery)) !== undefined,
    change: async (key, change) => {
      for (;;) {
        const found = await bucket.get(key);
        const value = found && change(found.value);
        if (!value) return undefined;
        if ((await bucket.update(key, value, found.revision)) !== undefined) return value;
      }
    },
  };
}

/** Of the stream's leader, who knows every write that was acknowledged: it is asked at the end of every job. */
async function ofJob(bus: Bus, jobId: string): Promise<readonly string[]> {
  try {
    const subjects_filter = SUBJECT_PREFIX + deliveriesOfJob(jobId);
    const { state } = await bus.manager.streams.info(STREAM, { subjects_filter });
    return Object.keys(state.subjects ?? {}).map((subject) => subject.slice(SUBJECT_PREFIX.length));
  } catch (error) {
    throw busError(error, 'webhooks of a job');
  }
}
