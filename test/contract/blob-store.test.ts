import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import * as assert from 'uvu/assert';
import type { Bus } from '@whisper/shared/bus/connect';
import type { BlobStore } from '@whisper/shared/storage/blob-store';
import { createObjectBlobStore } from '@whisper/shared/storage/object-blob-store';
import { createS3BlobStore } from '@whisper/shared/storage/s3-blob-store';
import { pipelineFailure } from '../helpers/pipeline-failure.ts';
import { startServers, type Servers } from '../helpers/start-servers.ts';
import { suite } from '../helpers/suite.ts';

const MIB = 1024 ** 2;

interface Context {
  servers: Servers;
  bus: Bus;
  store: BlobStore;
}

const STORES: Readonly<Record<string, (context: Context) => BlobStore>> = {
  'MinIO through S3': ({ servers }) => createS3BlobStore(servers.s3),
  'the JetStream Object Store': ({ bus }) => createObjectBlobStore(bus, 256 * MIB),
};

/** One contract for both stores: what the pipeline relies on. */
for (const [name, open] of Object.entries(STORES)) {
  suite(
    `blob store on ${name}`,
    {} as Context,
    (test) => {
      test.before(async (context) => {
        context.servers = await startServers();
        context.bus = await context.servers.connect();
        context.store = open(context);
        await context.store.prepare({ audioDays: 1, resultDays: 3 });
      });
      test.after(async ({ servers, bus }) => {
        await bus[Symbol.asyncDispose]();
        await servers[Symbol.asyncDispose]();
      });

      test('a file comes back byte for byte, also a large one', async ({ servers, store }) => {
        for (const sizeBytes of [1, 5_000, 20 * MIB]) {
          const bytes = randomBytes(sizeBytes);
          const path = join(servers.directory, 'blob');
          await writeFile(path, bytes);
          const key = `audio/${createHash('sha256').update(bytes).digest('hex')}`;
          await store.putFile(key, path, sizeBytes);
          assert.is(await store.sizeOf(key), sizeBytes);
          assert.ok(bytes.equals(await buffer(await store.open(key))));
        }
      });

      test('the same key may be written again, also at once, and stays whole', async ({ servers, store }) => {
        const bytes = randomBytes(12 * MIB);
        const path = join(servers.directory, 'same');
        await writeFile(path, bytes);
        await Promise.all([1, 2, 3].map(() => store.putFile('audio/same', path, bytes.length)));
        assert.ok(bytes.equals(await buffer(await store.open('audio/same'))));
      });

      test('bytes go in without a file', async ({ store }) => {
        await store.putBytes('results/x.pico/1', Buffer.from('hello'));
        assert.is((await buffer(await store.open('results/x.pico/1'))).toString(), 'hello');
      });

      test('what is not there says so', async ({ store }) => {
        assert.is(await store.sizeOf('audio/none'), undefined);
        await store.putBytes('audio/nonesuch', Buffer.from('x'));
        assert.equal([await store.has('audio/none'), await store.has('audio/nonesuch')], [false, true]);
        assert.is((await pipelineFailure(store.open('audio/none'))).code, 'audio_missing');
      });

      test('deleting is final, and deleting nothing is no error', async ({ store }) => {
        await store.putBytes('audio/gone', Buffer.from('x'));
        await store.delete('audio/gone');
        await store.delete('audio/gone');
        assert.not(await store.has('audio/gone'));
        assert.is(await store.sizeOf('audio/gone'), undefined);
      });

      test('all below a prefix goes, and nothing beside it', async ({ store }) => {
        for (const key of ['results/k/1', 'results/k/2', 'results/kk/3']) {
          await store.putBytes(key, Buffer.from('x'));
        }
        await store.deleteBelow('results/k/');
        await store.deleteBelow('results/nothing/');
        const sizes = await Promise.all(['results/k/1', 'results/k/2', 'results/kk/3'].map(store.sizeOf));
        assert.equal(sizes, [undefined, undefined, 1]);
      });

      test('preparing again keeps what is there', async ({ store }) => {
        await store.putBytes('audio/kept', Buffer.from('kept'));
        await store.prepare({ audioDays: 2, resultDays: 0 });
        assert.is(await store.sizeOf('audio/kept'), 4);
        await store.check();
      });

      test('a file that cannot be read fails and leaves nothing', async ({ servers, store }) => {
        const failure = await pipelineFailure(
          store.putFile('audio/half', join(servers.directory, 'no-such-file'), 10),
        );
        assert.is(failure.code, 'storage_unavailable');
        assert.is(await store.sizeOf('audio/half'), undefined);
      });
    },
    { timeoutMs: 120_000 },
  );
}
