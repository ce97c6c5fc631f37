import { Client } from 'minio';
import type { S3Settings } from '@whisper/shared/storage/s3-blob-store';

/** Any S3 client, with these settings' key. */
export function s3Client(settings: S3Settings): Client {
  const { hostname, port } = new URL(settings.S3_ENDPOINT);
  return new Client({
    endPoint: hostname,
    port: Number(port),
    useSSL: false,
    region: settings.S3_REGION,
    accessKey: settings.S3_ACCESS_KEY,
    secretKey: settings.S3_SECRET_KEY,
  });
}
