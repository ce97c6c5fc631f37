import * as assert from 'uvu/assert';
import { applyTopology, type TopologySettings } from '@whisper/infra/apply-topology';
import type { Bus } from '@whisper/shared/bus/connect';
import type { BlobStore } from '@whisper/shared/storage/blob-store';
import { createObjectBlobStore } from '@whisper/shared/storage/object-blob-store';
import { createS3BlobStore, type S3Settings } from '@whisper/shared/storage/s3-blob-store';
import { eventually } from '../helpers/eventually.ts';
import { listBlobs } from '../helpers/list-blobs.ts';
import { s3Client } from '../helpers/s3-client.ts';
import { startServers, type Servers } from '../helpers/start-servers.ts';
import { suite } from '../helpers/suite.ts';

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;
const NANOS = 1e9;
const MIB = 1024 ** 2;

interface Context {
  servers: Servers;
  bus: Bus;
}

const settingsOf = (days: number): TopologySettings => ({
  replicas: 1,
  resultTtlSeconds: days * DAY_SECONDS,
  audioTtlDays: days + 1,
  jobTtlSeconds: (days + 2) * DAY_SECONDS,
  eventTtlSeconds: (days + 3) * HOUR_SECONDS,
  deadTtlSeconds: (days + 4) * DAY_SECONDS,
  queueLimit: 10,
  tenantQueueLimit: 10,
});

const ageOf = async (bus: Bus, stream: string): Promise<number> =>
  (await bus.manager.streams.info(stream)).config.max_age / NANOS;

/** Days by prefix, as the store has them. */
async function expiries({ s3 }: Servers): Promise<Record<string, number | undefined>> {
  const client = s3Client(s3);
  const { Rule } = (await client.getBucketLifecycle(s3.S3_BUCKET)) ?? { Rule: [] };
  // The client gives a single rule as an object.
  const rules = [Rule].flat() as { Filter?: { Prefix?: string }; Expiration?: { Days?: number } }[];
  return Object.fromEntries(
    rules.map(({ Filter, Expiration }) => [Filter?.Prefix ?? '', Number(Expiration?.Days)]),
  );
}

/** As if it had been stored that many days ago: MinIO takes the date of an object that it is given as a copy. */
async function putOld(s3: S3Settings, key: string, days: number): Promise<void> {
  const stored = new Date(Date.now() - days * DAY_SECONDS * 1000).toISOString();
  const headers = { 'x-minio-source-replication-request': 'true', 'x-minio-source-mtime': stored };
  const options = { method: 'PUT', bucketName: s3.S3_BUCKET, objectName: key, headers };
  const response = await s3Client(s3).makeRequestAsync(options, Buffer.from('old'));
  response.resume();
}

async function check({ bus, servers }: Context, blobs: BlobStore, days: number): Promise<void> {
  await applyTopology(bus, blobs, settingsOf(days));
  const ages = await Promise.all(
    ['KV_results', 'KV_jobs', 'EVENTS', 'DEAD'].map((stream) => ageOf(bus, stream)),
  );
  assert.equal(ages, [
    days * DAY_SECONDS,
    (days + 2) * DAY_SECONDS,
    (days + 3) * HOUR_SECONDS,
    (days + 4) * DAY_SECONDS,
  ]);
  const { 'audio/': audio, 'results/': results } = await expiries(servers);
  assert.equal([audio, results], [days + 1, days > 0 ? days : undefined]);
}

suite(
  'retention',
  {} as Context,
  (test) => {
    test.before(async (context) => {
      context.servers = await startServers();
      context.bus = await context.servers.connect();
    });
    test.after(async ({ bus, servers }) => {
      await bus[Symbol.asyncDispose]();
      await servers[Symbol.asyncDispose]();
    });

    test('what the settings say holds for streams, buckets and the store, also when they change', async (context) => {
      const blobs = createS3BlobStore(context.servers.s3);
      for (const days of [5, 2, 9, 0]) await check(context, blobs, days);
    });

    test('what nobody has stored again for so long goes, and what somebody has stays whole', async ({
      servers,
    }) => {
      const { s3 } = servers;
      const blobs = createS3BlobStore(s3);
      await blobs.prepare({ audioDays: 2, resultDays: 0 });
      const at = Array.from({ length: 50 }, (_, n) => n);
      const old = at.flatMap((n) => [
        `audio/orphan-${n}`,
        `audio/again-${n}`,
        `accepted/orphan-${n}`,
        `results/${n}`,
      ]);
      for (const key of old) await putOld(s3, key, 4);
      await blobs.putBytes('audio/young', Buffer.from('young'));
      const again = at.map((n) => `audio/again-${n}`);
      // Listing has the store throw away what is too old, while it is stored again.
      await Promise.all([listBlobs(s3), ...again.map((key) => blobs.putBytes(key, Buffer.from('again')))]);
      const kept = [...again, 'audio/young', ...at.map((n) => `results/${n}`)].sort();
      await eventually(async () => (await listBlobs(s3)).length === kept.length);
      assert.equal([...(await listBlobs(s3))].sort(), kept);
      for (const key of again) assert.is(await blobs.sizeOf(key), 'again'.length);
    });

    test('and for audio in JetStream, whose one store keeps the longer of the two', async ({ bus }) => {
      const blobs = createObjectBlobStore(bus, 64 * MIB);
      for (const days of [5, 2, 9]) {
        await applyTopology(bus, blobs, settingsOf(days));
        assert.is(await ageOf(bus, 'OBJ_audio'), (days + 1) * DAY_SECONDS);
      }
    });
  },
  { timeoutMs: 60_000 },
);
