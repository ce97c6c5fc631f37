import type { Bus } from '../bus/connect.ts';
import { busError } from '../bus/nats-errors.ts';
import { erasureSchema, type Erasure } from '../contracts/erasure.ts';
import { BUCKETS } from '../contracts/topology.ts';
import { openJsonBucket } from './json-bucket.ts';

/** What is still to be erased. Every call @throws PipelineError `queue_unavailable` when NATS does not answer. */
export interface Erasures {
  readonly get: (jobId: string) => Promise<Erasure | undefined>;
  readonly all: () => Promise<readonly Erasure[]>;
  /** Writes down that a job is to be erased; once is enough. */
  readonly request: (erasure: Erasure) => Promise<void>;
  readonly markSwept: (erasure: Erasure) => Promise<void>;
  /** Nothing is left. */
  readonly finish: (jobId: string) => Promise<void>;
}

export async function openErasures(bus: Bus): Promise<Erasures> {
  const { name } = BUCKETS.erasures;
  const bucket = await openJsonBucket(bus, name, erasureSchema);
  return {
    get: async (jobId) => (await bucket.get(jobId))?.value,
    all: async () => ((await isEmpty(bus, name)) ? [] : bucket.getAll('*')),
    request: async (erasure) => {
      await bucket.create(erasure.jobId, erasure);
    },
    markSwept: (erasure) => bucket.put(erasure.jobId, { ...erasure, swept: true }),
    finish: async (jobId) => {
      const found = await bucket.get(jobId);
      if (found) await bucket.forget(found.revision);
    },
  };
}

/** Most often it is: then nothing is read. */
async function isEmpty(bus: Bus, bucket: string): Promise<boolean> {
  try {
    return (await bus.manager.streams.info(`KV_${bucket}`)).state.messages === 0;
  } catch (error) {
    throw busError(error, 'what is to be erased');
  }
}
