import { createReadStream } from 'node:fs';
import type http from 'node:http';
import { pipeline } from 'node:stream/promises';
import { S3Error, type Client, type LifecycleRule } from 'minio';
import { BLOB_PREFIXES } from '../contracts/blob-prefixes.ts';
import { PipelineError } from '../contracts/errors.ts';
import type { BlobExpiry, BlobStore } from './blob-store.ts';
import { connectS3, type S3Connection, type S3Settings } from './s3-client.ts';

export type { S3Settings };

/** A silent server is given up after this long; the client itself would wait for ever. */
const IDLE_TIMEOUT_MS = 10_000;
const CHECK_TIMEOUT_MS = 3_000;
const PRESIGNED_SECONDS = 3_600;
const FORBIDDEN = 403;
const ABSENT_CODES = ['NoSuchKey', 'NotFound', 'NoSuchBucket'];

/** The blob store on MinIO or any S3. */
export function createS3BlobStore(settings: S3Settings): BlobStore {
  const connection = connectS3(settings, IDLE_TIMEOUT_MS);
  const { client } = connection;
  const probe = connectS3(settings, CHECK_TIMEOUT_MS).client;
  const bucket = settings.S3_BUCKET;
  return {
    prepare: (expiry) => guard(prepare(client, settings, expiry)),
    putFile: (key, path, sizeBytes) =>
      guard(
        client
          .presignedPutObject(bucket, key, PRESIGNED_SECONDS)
          .then((url) => putWhole(connection, { url: new URL(url), path, sizeBytes })),
      ),
    putBytes: async (key, bytes) => {
      await guard(client.putObject(bucket, key, Buffer.from(bytes), bytes.length));
    },
    sizeOf: async (key) => (await guard(orAbsent(client.statObject(bucket, key))))?.size,
    has: async (key) => {
      for await (const found of listKeys(client, bucket, key)) if (found === key) return true;
      return false;
    },
    open: async (key) => {
      const stream = await guard(orAbsent(client.getObject(bucket, key)));
      if (stream) return stream;
      throw new PipelineError('audio_missing', 'the stored audio is gone');
    },
    delete: (key) => guard(client.removeObject(bucket, key)),
    deleteBelow: async (prefix) => {
      for await (const key of listKeys(client, bucket, prefix)) await guard(client.removeObject(bucket, key));
    },
    list: (prefix) => listKeys(client, bucket, prefix),
    check: async () => {
      if (await guard(probe.bucketExists(bucket))) return;
      throw new PipelineError('storage_unavailable', `the bucket ${bucket} is missing`);
    },
  };
}

interface WholePut {
  readonly url: URL;
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * One PUT of the whole file by a presigned address: nothing is buffered, and there are no parts that two
 * writers of one key could mix up, as the client's own multipart upload has (the limit is S3's 5 GiB).
 */
async function putWhole({ request: open }: S3Connection, { url, path, sizeBytes }: WholePut): Promise<void> {
  const request = open(url, { method: 'PUT', headers: { 'content-length': sizeBytes } });
  const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).once('error', reject);
  });
  const [response] = await Promise.all([answered, pipeline(createReadStream(path), request)]);
  response.resume();
  if (response.statusCode === FORBIDDEN) throw refused(undefined);
  if (response.statusCode !== 200)
    throw new Error(`PUT was answered with ${response.statusCode ?? 'nothing'}`);
}

async function* listKeys(client: Client, bucket: string, prefix: string): AsyncGenerator<string> {
  const found = client.listObjectsV2(bucket, prefix, true) as AsyncIterable<{ readonly name: string }>;
  try {
    for await (const { name } of found) yield name;
  } catch (cause) {
    throw failure(cause);
  }
}

async function prepare(client: Client, settings: S3Settings, expiry: BlobExpiry): Promise<void> {
  const { S3_BUCKET: bucket, S3_REGION: region } = settings;
  if (!(await client.bucketExists(bucket))) await client.makeBucket(bucket, region);
  const rules = [
    ...expireBelow(BLOB_PREFIXES.audio, expiry.audioDays),
    ...expireBelow(BLOB_PREFIXES.accepted, expiry.audioDays),
    ...expireBelow(BLOB_PREFIXES.results, expiry.resultDays),
  ];
  await client.setBucketLifecycle(bucket, { Rule: rules });
}

function expireBelow(prefix: string, days: number): LifecycleRule[] {
  if (days === 0) return [];
  const ID = prefix.replace('/', '');
  return [{ ID, Status: 'Enabled', Filter: { Prefix: prefix }, Expiration: { Days: days } }];
}

async function orAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof S3Error && ABSENT_CODES.includes(error.code ?? '')) return undefined;
    throw error;
  }
}

async function guard<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw failure(cause);
  }
}

function failure(cause: unknown): PipelineError {
  if (cause instanceof PipelineError) return cause;
  if (cause instanceof S3Error && cause.code === 'AccessDenied') return refused(cause);
  return new PipelineError('storage_unavailable', 'the blob store did not do its part', { cause });
}

const refused = (cause: unknown): PipelineError =>
  new PipelineError(
    'storage_unavailable',
    'the blob store does not let us: the policy of this key lacks it',
    {
      cause,
    },
  );
