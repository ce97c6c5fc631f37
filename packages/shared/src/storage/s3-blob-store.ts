import { createReadStream } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { pipeline } from 'node:stream/promises';
import { Client, S3Error, type LifecycleRule } from 'minio';
import { PipelineError } from '../contracts/errors.ts';
import type { BlobExpiry, BlobStore } from './blob-store.ts';

export interface S3Settings {
  readonly S3_ENDPOINT: string;
  readonly S3_REGION: string;
  readonly S3_BUCKET: string;
  readonly S3_ACCESS_KEY: string;
  readonly S3_SECRET_KEY: string;
}

/** A silent server is given up after this long; the client itself would wait for ever. */
const IDLE_TIMEOUT_MS = 10_000;
const CHECK_TIMEOUT_MS = 3_000;
const PRESIGNED_SECONDS = 3_600;
const ABSENT_CODES = ['NoSuchKey', 'NotFound', 'NoSuchBucket'];

/** The blob store on MinIO or any S3. */
export function createS3BlobStore(settings: S3Settings): BlobStore {
  const client = createClient(settings, IDLE_TIMEOUT_MS);
  const probe = createClient(settings, CHECK_TIMEOUT_MS);
  const bucket = settings.S3_BUCKET;
  return {
    prepare: (expiry) => guard(prepare(client, settings, expiry)),
    putFile: (key, path, sizeBytes) =>
      guard(
        client
          .presignedPutObject(bucket, key, PRESIGNED_SECONDS)
          .then((url) => putWhole(new URL(url), path, sizeBytes)),
      ),
    putBytes: async (key, bytes) => {
      await guard(client.putObject(bucket, key, Buffer.from(bytes), bytes.length));
    },
    sizeOf: async (key) => (await guard(orAbsent(client.statObject(bucket, key))))?.size,
    open: async (key) => {
      const stream = await guard(orAbsent(client.getObject(bucket, key)));
      if (stream) return stream;
      throw new PipelineError('audio_missing', 'the stored audio is gone');
    },
    delete: (key) => guard(client.removeObject(bucket, key)),
    deleteBelow: (prefix) => guard(deleteBelow(client, bucket, prefix)),
    check: async () => {
      if (await guard(probe.bucketExists(bucket))) return;
      throw new PipelineError('storage_unavailable', `the bucket ${bucket} is missing`);
    },
  };
}

function createClient(settings: S3Settings, timeoutMs: number): Client {
  const { protocol, hostname, port } = new URL(settings.S3_ENDPOINT);
  const base = protocol === 'https:' ? https : http;
  const request = (
    options: http.RequestOptions,
    onResponse: (r: http.IncomingMessage) => void,
  ): http.ClientRequest => withIdleTimeout(base.request(options, onResponse), timeoutMs);
  return new Client({
    endPoint: hostname,
    ...(port && { port: Number(port) }),
    useSSL: protocol === 'https:',
    region: settings.S3_REGION,
    accessKey: settings.S3_ACCESS_KEY,
    secretKey: settings.S3_SECRET_KEY,
    transport: { request } as unknown as typeof http,
  });
}

function withIdleTimeout(request: http.ClientRequest, timeoutMs: number): http.ClientRequest {
  return request.setTimeout(timeoutMs, () => {
    request.destroy(new Error(`the store was silent for ${timeoutMs} ms`));
  });
}

/**
 * One PUT of the whole file by a presigned address: nothing is buffered, and there are no parts that two
 * writers of one key could mix up, as the client's own multipart upload has (the limit is S3's 5 GiB).
 */
async function putWhole(url: URL, path: string, sizeBytes: number): Promise<void> {
  const base = url.protocol === 'https:' ? https : http;
  const request = withIdleTimeout(
    base.request(url, { method: 'PUT', headers: { 'content-length': sizeBytes } }),
    IDLE_TIMEOUT_MS,
  );
  const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).once('error', reject);
  });
  const [response] = await Promise.all([answered, pipeline(createReadStream(path), request)]);
  response.resume();
  if (response.statusCode !== 200)
    throw new Error(`PUT was answered with ${response.statusCode ?? 'nothing'}`);
}

/** One by one: what lies below a prefix of ours is a blob or two. */
async function deleteBelow(client: Client, bucket: string, prefix: string): Promise<void> {
  const found = client.listObjectsV2(bucket, prefix, true) as AsyncIterable<{ readonly name?: string }>;
  for await (const { name } of found) {
    if (name !== undefined) await client.removeObject(bucket, name);
  }
}

async function prepare(client: Client, settings: S3Settings, expiry: BlobExpiry): Promise<void> {
  const { S3_BUCKET: bucket, S3_REGION: region } = settings;
  if (!(await client.bucketExists(bucket))) await client.makeBucket(bucket, region);
  const rules = [expireBelow('audio', expiry.audioDays), expireBelow('results', expiry.resultDays)].flat();
  await client.setBucketLifecycle(bucket, { Rule: rules });
}

function expireBelow(prefix: string, days: number): LifecycleRule[] {
  if (days === 0) return [];
  return [{ ID: prefix, Status: 'Enabled', Filter: { Prefix: `${prefix}/` }, Expiration: { Days: days } }];
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
    throw new PipelineError('storage_unavailable', 'the blob store did not do its part', { cause });
  }
}
