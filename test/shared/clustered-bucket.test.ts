import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kvm } from '@nats-io/kv';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { findNatsServer } from '@whisper/infra/servers/find-nats-server';
import { connectBus, type Bus } from '@whisper/shared/bus/connect';
import { publishDurably } from '@whisper/shared/bus/publish';
import { openJsonBucket } from '@whisper/shared/storage/json-bucket';
import { cacheDirectory } from '../helpers/cache-directory.ts';
import { eventually } from '../helpers/eventually.ts';
import { startNatsNodes, type NatsNodes } from '../helpers/nats-nodes.ts';
import { silent } from '../helpers/start-servers.ts';
import { suite } from '../helpers/suite.ts';

const BUCKET = 'raced';
const STREAM = 'RACED';
const ROUNDS = 100;

interface Context {
  directory: string;
  nodes: NatsNodes;
  one: Bus;
  other: Bus;
}

const connect = ({ nodes }: Context): Promise<Bus> =>
  connectBus('provisioner', { NATS_URL: nodes.url }, silent, new AbortController().signal);

/**
 * A cluster refuses a second writer of a subject while the first one's message is on its way, before anybody can read it
 * and before it is sure to be stored.
 */
suite(
  'two writers on three nodes',
  {} as Context,
  (test) => {
    test.before(async (context) => {
      const find = { cacheDirectory, env: process.env, onProgress: () => undefined };
      context.directory = await mkdtemp(join(tmpdir(), 'whisper-cluster-'));
      context.nodes = await startNatsNodes({
        binary: await findNatsServer(find),
        directory: context.directory,
        count: 3,
      });
      context.one = await connect(context);
      context.other = await connect(context);
      const { jetstream, manager } = context.one;
      await eventually(() => new Kvm(jetstream).create(BUCKET, { history: 1, replicas: 3 }));
      await eventually(() => manager.streams.add({ name: STREAM, subjects: ['raced.>'], num_replicas: 3 }));
    });
    test.after(async ({ directory, nodes, one, other }) => {
      await one[Symbol.asyncDispose]();
      await other[Symbol.asyncDispose]();
      await nodes[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    });

    test('who comes second to a key can read it', async ({ one, other }) => {
      const schema = z.object({ by: z.string() });
      const [first, second] = await Promise.all([
        openJsonBucket(one, BUCKET, schema),
        openJsonBucket(other, BUCKET, schema),
      ]);
      for (let n = 0; n < ROUNDS; n++) {
        const key = `key-${n}`;
        const written = await Promise.all(
          [first, second].map(async (bucket, at) => {
            const revision = await bucket.create(key, { by: `writer ${at}` });
            return { revision, found: await bucket.get(key) };
          }),
        );
        const [winner, ...more] = written.filter(({ revision }) => revision !== undefined);
        assert.ok(winner && more.length === 0, `${key} has one writer`);
        for (const { found } of written) assert.is(found?.revision, winner.revision, key);
      }
    });

    test('who is told that an event is there already can rely on it', async ({ one, other }) => {
      for (let n = 0; n < ROUNDS; n++) {
        const subject = `raced.${n}`;
        const told = await Promise.all(
          [one, other].map(async (bus, at) => {
            const options = { messageId: `${subject}.${at}`, onlyFirst: true };
            const outcome = await publishDurably(bus, subject, new Uint8Array([at]), options);
            const message = await bus.manager.streams.getMessage(STREAM, { last_by_subj: subject });
            return { outcome, isThere: message !== null };
          }),
        );
        assert.equal(told.map(({ outcome }) => outcome).sort(), ['already', 'stored']);
        assert.ok(
          told.every(({ isThere }) => isThere),
          subject,
        );
      }
    });
  },
  { timeoutMs: 120_000 },
);
