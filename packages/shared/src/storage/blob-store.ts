import type { Readable } from 'node:stream';

/** How long blobs are kept; 0 days is for ever. */
export interface BlobExpiry {
  readonly audioDays: number;
  readonly resultDays: number;
}

/**
 * Where audio and large results are kept. Two implementations, one contract suite: S3 (MinIO) and,
 * where there is none, the JetStream Object Store. Every call @throws PipelineError
 * `storage_unavailable` when the store does not answer in bounded time.
 */
export interface BlobStore {
  /** Makes the bucket and its expiry; for infra, not for services. */
  readonly prepare: (expiry: BlobExpiry) => Promise<void>;
  /** Stores a local file of known size, whole or not at all. Writing the same key again is harmless. */
  readonly putFile: (key: string, path: string, sizeBytes: number) => Promise<void>;
  readonly putBytes: (key: string, bytes: Uint8Array) => Promise<void>;
  /** @returns the size, or `undefined` when there is no such blob */
  readonly sizeOf: (key: string) => Promise<number | undefined>;
  /** Whether there is such a blob; who may not read it may ask. */
  readonly has: (key: string) => Promise<boolean>;
  /** @throws PipelineError `audio_missing` when there is no such blob */
  readonly open: (key: string) => Promise<Readable>;
  readonly delete: (key: string) => Promise<void>;
  /** Deletes every blob whose key begins so. */
  readonly deleteBelow: (prefix: string) => Promise<void>;
  /** Every key that begins so, as it is found. */
  readonly list: (prefix: string) => AsyncIterable<string>;
  /** Resolves when the store answers. */
  readonly check: () => Promise<void>;
}
