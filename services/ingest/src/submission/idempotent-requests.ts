import type { Bus } from '@whisper/shared/bus/connect';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { idempotencyEntry, idempotencySchema, type Idempotency } from '@whisper/shared/contracts/idempotency';
import { BUCKETS } from '@whisper/shared/contracts/topology';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import { openJsonBucket, type JsonBucket, type Versioned } from '@whisper/shared/storage/json-bucket';
import { newJobId } from './submit-job.ts';

export interface KeyedRequest {
  readonly tenant: string;
  /** The client's own. */
  readonly key: string;
  readonly fingerprint: string;
}

/** What becomes of a request that came with a key: the job of the first one, or one to be submitted under this id. */
export interface Place {
  readonly kind: 'replay' | 'submit';
  readonly jobId: string;
}

/** Requests with an `Idempotency-Key`: the same key is the same job, for as long as keys are kept. */
export interface IdempotentRequests {
  /** @throws PipelineError `idempotency_key_reused`, `queue_unavailable` */
  readonly placeOf: (request: KeyedRequest) => Promise<Place>;
  /** The request was answered by another job than the one that was to be submitted. */
  readonly settle: (request: KeyedRequest, jobId: string) => Promise<void>;
}

export async function openIdempotentRequests(bus: Bus, records: JobRecords): Promise<IdempotentRequests> {
  const bucket = await openJsonBucket(bus, BUCKETS.idempotency.name, idempotencySchema);
  return {
    placeOf: (request) => placeOf(bucket, records, request),
    settle: ({ fingerprint, key, tenant }, jobId) =>
      bucket.put(idempotencyEntry(tenant, key), { version: 1, fingerprint, jobId }),
  };
}

/** A key whose job has no record yet is under way, or was broken off: whoever comes submits it under the same id. */
async function placeOf(
  bucket: JsonBucket<Idempotency>,
  records: JobRecords,
  { fingerprint, key, tenant }: KeyedRequest,
): Promise<Place> {
  const entry = idempotencyEntry(tenant, key);
  for (;;) {
    const found = await bucket.get(entry);
    if (found && found.value.fingerprint !== fingerprint) throw reused();
    if (found && (await records.get(found.value.jobId))) {
      return { kind: 'replay', jobId: found.value.jobId };
    }
    if (found && !(await records.isErased(found.value.jobId))) {
      return { kind: 'submit', jobId: found.value.jobId };
    }
    const jobId = newJobId();
    if (await claim(bucket, entry, { version: 1, fingerprint, jobId }, found)) {
      return { kind: 'submit', jobId };
    }
  }
}

async function claim(
  bucket: JsonBucket<Idempotency>,
  entry: string,
  value: Idempotency,
  erased: Versioned<Idempotency> | undefined,
): Promise<boolean> {
  const written = erased
    ? await bucket.update(entry, value, erased.revision)
    : await bucket.create(entry, value);
  return written !== undefined;
}

const reused = (): PipelineError =>
  new PipelineError('idempotency_key_reused', 'this key came with another file or other parameters before', {
    field: 'Idempotency-Key',
  });
