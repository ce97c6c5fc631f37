import { createReadStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Objm, type ObjectResult, type ObjectStore } from '@nats-io/obj';
import type { Bus } from '../bus/connect.ts';
import { PipelineError } from '../contracts/errors.ts';
import { AUDIO_OBJECT_STORE } from '../contracts/topology.ts';
import type { BlobExpiry, BlobStore } from './blob-store.ts';

const NANOS_PER_DAY = 86_400 * 1e9;
/** An object whose chunks have expired before it never ends by itself. */
const IDLE_TIMEOUT_MS = 30_000;

/**
 * The blob store on JetStream, for machines without an S3. Its limits: about 30-45 MB/s, no back-pressure
 * on reading (a slow reader holds the blob in memory), and it shares the disk with the queues.
 */
export function createObjectBlobStore(bus: Bus, maxBytes: number): BlobStore {
  const manager = new Objm(bus.jetstream);
  let opened: Promise<ObjectStore> | undefined;
  const store = (): Promise<ObjectStore> =>
    (opened ??= manager.open(AUDIO_OBJECT_STORE).catch((error: unknown) => {
      opened = undefined; // an outage: the next call tries again
      throw error;
    }));
  const put = async (key: string, source: Readable): Promise<void> => {
    const objects = await store();
    await objects.put({ name: key }, Readable.toWeb(source) as ReadableStream<Uint8Array>);
  };
  return {
    prepare: async (expiry) => {
      const ttl = daysOf(expiry) * NANOS_PER_DAY;
      await guard(manager.create(AUDIO_OBJECT_STORE, { ttl, max_bytes: maxBytes }));
      const changed = { max_age: ttl, max_bytes: maxBytes }; // where it was there already
      await guard(bus.manager.streams.update(`OBJ_${AUDIO_OBJECT_STORE}`, changed));
    },
    putFile: (key, path) => guard(put(key, createReadStream(path))),
    putBytes: (key, bytes) => guard(put(key, Readable.from([bytes]))),
    sizeOf: (key) =>
      guard(
        store()
          .then((objects) => objects.info(key))
          .then((info) => (info && !info.deleted ? info.size : undefined)),
      ),
    has: async (key) => {
      const info = await guard(store().then((objects) => objects.info(key)));
      return info?.deleted === false;
    },
    open: async (key) => {
      const objects = await guard(store());
      const found = await guard(objects.get(key));
      if (found) return readUntilIdle(found);
      throw new PipelineError('audio_missing', 'the stored audio is gone');
    },
    delete: async (key) => {
      const objects = await guard(store());
      if (await guard(objects.info(key))) await guard(remove(bus, objects, key));
    },
    deleteBelow: async (prefix) => {
      const objects = await guard(store());
      for (const { name } of await guard(objects.list())) {
        if (name.startsWith(prefix)) await guard(remove(bus, objects, name));
      }
    },
    list: async function* (prefix) {
      const objects = await guard(store());
      for (const { name, deleted } of await guard(objects.list())) {
        if (!deleted && name.startsWith(prefix)) yield name;
      }
    },
    check: async () => {
      await guard(store().then((objects) => objects.status()));
    },
  };
}

/** The store itself would keep the name of what was deleted. */
async function remove(bus: Bus, objects: ObjectStore, key: string): Promise<void> {
  await objects.delete(key);
  const name = Buffer.from(key).toString('base64url');
  const padded = name.padEnd(Math.ceil(name.length / 4) * 4, '=');
  const filter = `$O.${AUDIO_OBJECT_STORE}.M.${padded}`;
  await bus.manager.streams.purge(`OBJ_${AUDIO_OBJECT_STORE}`, { filter });
}

async function guard<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new PipelineError('storage_unavailable', 'the blob store did not do its part', { cause });
  }
}

/** One store, one expiry: the longer of the two. */
function daysOf({ audioDays, resultDays }: BlobExpiry): number {
  return audioDays === 0 || resultDays === 0 ? 0 : Math.max(audioDays, resultDays);
}

function readUntilIdle({ data, error }: ObjectResult): Readable {
  error.catch(() => undefined); // the stream itself fails with it
  const source = Readable.fromWeb(data);
  const timer = setTimeout(() => {
    source.destroy(new Error(`nothing came for ${IDLE_TIMEOUT_MS} ms`));
  }, IDLE_TIMEOUT_MS);
  const watched = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      timer.refresh();
      done(null, chunk);
    },
  });
  void pipeline(source, watched)
    .catch(() => undefined) // it reaches the reader through `watched`
    .finally(() => {
      clearTimeout(timer);
    });
  return watched;
}
