import { buffer } from 'node:stream/consumers';
import { S3Error } from 'minio';
import type { S3Settings } from '@whisper/shared/storage/s3-blob-store';
import { s3Client } from './s3-client.ts';

/** The keys in the bucket below a prefix, as every S3 client sees them. */
export async function listBlobs(settings: S3Settings, prefix = ''): Promise<readonly string[]> {
  const names: string[] = [];
  const found = s3Client(settings).listObjectsV2(settings.S3_BUCKET, prefix, true);
  for await (const { name } of found as AsyncIterable<{ name: string }>) names.push(name);
  return names;
}

interface ReadBlob {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Every object with its bytes; without those that went while they were listed. */
export async function readBlobs(settings: S3Settings): Promise<readonly ReadBlob[]> {
  const names = await listBlobs(settings);
  const client = s3Client(settings);
  const read = async (name: string): Promise<ReadBlob[]> => {
    try {
      return [{ name, bytes: await buffer(await client.getObject(settings.S3_BUCKET, name)) }];
    } catch (error) {
      if (error instanceof S3Error && error.code === 'NoSuchKey') return [];
      throw error;
    }
  };
  return (await Promise.all(names.map(read))).flat();
}

/** Keys of uploads in parts that were begun and neither finished nor thrown away. */
export async function listIncompleteUploads(settings: S3Settings): Promise<readonly string[]> {
  const keys: string[] = [];
  const found = s3Client(settings).listIncompleteUploads(settings.S3_BUCKET, '', true);
  for await (const { key } of found as AsyncIterable<{ key: string }>) keys.push(key);
  return keys;
}

export async function removeBlobs(settings: S3Settings, prefix: string): Promise<void> {
  const names = await listBlobs(settings, prefix);
  await s3Client(settings).removeObjects(settings.S3_BUCKET, [...names]);
}
