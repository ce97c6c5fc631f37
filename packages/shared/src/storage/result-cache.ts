import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Bus } from '../bus/connect.ts';
import {
  resultBlobKey,
  resultBlobPrefix,
  storedResultSchema,
  type ModelIdentity,
  type StoredResult,
} from '../contracts/stored-result.ts';
import { BUCKETS } from '../contracts/topology.ts';
import { transcriptSchema, type Transcript } from '../contracts/transcript.ts';
import type { BlobStore } from './blob-store.ts';
import { openJsonBucket, type JsonBucket } from './json-bucket.ts';

/** Gzipped transcripts up to this size live in the bucket itself, larger ones behind a pointer. */
const MAX_INLINE_BYTES = 128 * 1024;

export interface CachedResult {
  readonly transcript: Transcript;
  readonly model: ModelIdentity;
  /** Where it is known. */
  readonly madeBy?: string;
}

/** Transcripts by result key; the first writer wins. */
export interface ResultCache {
  readonly get: (resultKey: string) => Promise<CachedResult | undefined>;
  /** @returns `exists` when another worker was faster with the same revision of the model */
  readonly put: (resultKey: string, result: CachedResult) => Promise<'stored' | 'exists'>;
  /** The job that made a result, where it is known. */
  readonly makerOf: (resultKey: string) => Promise<string | undefined>;
  /** Removes a result and everything that was ever stored under its key, unless it was made by a job not named here. */
  readonly erase: (resultKey: string, makers: readonly string[]) => Promise<void>;
  /** Removes a result if this job made it. */
  readonly eraseOf: (resultKey: string, jobId: string) => Promise<void>;
}

export async function openResultCache(bus: Bus, blobs: BlobStore): Promise<ResultCache> {
  const bucket = await openJsonBucket(bus, BUCKETS.results.name, storedResultSchema);
  return {
    get: async (resultKey) => {
      const found = await bucket.get(resultKey);
      return found && unpack(found.value, blobs);
    },
    put: async (resultKey, result) => {
      const stored = await pack(resultKey, result, blobs);
      if ((await bucket.create(resultKey, stored)) !== undefined) return 'stored';
      return replaceOutdated(bucket, stored, blobs);
    },
    makerOf: async (resultKey) => (await bucket.get(resultKey))?.value.madeBy,
    erase: async (resultKey, makers) => {
      const found = await bucket.get(resultKey);
      const maker = found?.value.madeBy;
      if (maker !== undefined && !makers.includes(maker)) return;
      if (found) await bucket.forget(found.revision);
      await blobs.deleteBelow(resultBlobPrefix(resultKey));
    },
    eraseOf: async (resultKey, jobId) => {
      const found = await bucket.get(resultKey);
      if (found?.value.madeBy !== jobId) return;
      await bucket.forget(found.revision);
      if (found.value.body.kind === 'blob') await blobs.delete(found.value.body.key);
    },
  };
}

/** The key is taken: it stays, unless its result was made by another revision of the model or cannot be read. */
async function replaceOutdated(
  bucket: JsonBucket<StoredResult>,
  stored: StoredResult,
  blobs: BlobStore,
): Promise<'stored' | 'exists'> {
  const present = await bucket.get(stored.resultKey);
  const isCurrent = present?.value.model.revision === stored.model.revision;
  if (present && isCurrent && (await unpack(present.value, blobs))) return 'exists';
  const written = present
    ? await bucket.update(stored.resultKey, stored, present.revision)
    : await bucket.create(stored.resultKey, stored);
  return written === undefined ? 'exists' : 'stored';
}

async function pack(resultKey: string, result: CachedResult, blobs: BlobStore): Promise<StoredResult> {
  const bytes = await promisify(gzip)(JSON.stringify(transcriptSchema.parse(result.transcript)));
  const head = {
    version: 1 as const,
    resultKey,
    model: result.model,
    createdAt: new Date().toISOString(),
    ...(result.madeBy && { madeBy: result.madeBy }),
  };
  if (bytes.length <= MAX_INLINE_BYTES) {
    return { ...head, body: { kind: 'inline', gzipBase64: bytes.toString('base64') } };
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const key = resultBlobKey(resultKey, sha256);
  await blobs.putBytes(key, bytes);
  return { ...head, body: { kind: 'blob', key, sizeBytes: bytes.length, sha256 } };
}

/** `undefined` for a result whose blob has expired or is not what was written: as good as none. */
async function unpack(stored: StoredResult, blobs: BlobStore): Promise<CachedResult | undefined> {
  const bytes = await bodyOf(stored, blobs);
  if (!bytes) return undefined;
  const json = await promisify(gunzip)(bytes);
  return { transcript: transcriptSchema.parse(JSON.parse(json.toString())), model: stored.model };
}

async function bodyOf({ body }: StoredResult, blobs: BlobStore): Promise<Buffer | undefined> {
  if (body.kind === 'inline') return Buffer.from(body.gzipBase64, 'base64');
  if ((await blobs.sizeOf(body.key)) !== body.sizeBytes) return undefined;
  const bytes = await buffer(await blobs.open(body.key));
  return createHash('sha256').update(bytes).digest('hex') === body.sha256 ? bytes : undefined;
}
