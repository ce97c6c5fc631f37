import { Client } from 'minio';
import * as assert from 'uvu/assert';
import { applyTopology, type TopologySettings } from '@whisper/infra/apply-topology';
import type { Bus } from '@whisper/shared/bus/connect';
import type { BlobStore } from '@whisper/shared/storage/blob-store';
import { createObjectBlobStore } from '@whisper/shared/storage/object-blob-store';
import { createS3BlobStore } from '@whisper/shared/storage/s3-blob-store';
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
  const { hostname, port } = new URL(s3.S3_ENDPOINT);
  const client = new Client({
    ...{ endPoint: hostname, port: Number(port), useSSL: false },
    ...{ accessKey: s3.S3_ACCESS_KEY, secretKey: s3.S3_SECRET_KEY },
  });
  const { Rule } = (await client.getBucketLifecycle(s3.S3_BUCKET)) ?? { Rule: [] };
  // The client gives a single rule as an object.
  const rules = [Rule].flat() as { Filter?: { Prefix?: string }; Expiration?: { Days?: number } }[];
  return Object.fromEntries(
    rules.map(({ Filter, Expiration }) => [Filter?.Prefix ?? '', Number(Expiration?.Days)]),
  );
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
