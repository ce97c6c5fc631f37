import type { Bus } from '../bus/connect.ts';
import type { BlobStore } from './blob-store.ts';
import { createObjectBlobStore } from './object-blob-store.ts';
import { createS3BlobStore, type S3Settings } from './s3-blob-store.ts';

const OBJECT_STORE_MAX_BYTES = 8 * 1024 ** 3;

export type BlobStoreSettings = S3Settings & { readonly BLOB_STORE: 's3' | 'jetstream' };

export function openBlobStore(settings: BlobStoreSettings, bus: Bus): BlobStore {
  return settings.BLOB_STORE === 's3'
    ? createS3BlobStore(settings)
    : createObjectBlobStore(bus, OBJECT_STORE_MAX_BYTES);
}
