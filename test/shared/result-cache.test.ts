import { randomBytes } from 'node:crypto';
import * as assert from 'uvu/assert';
import type { Bus } from '@whisper/shared/bus/connect';
import type { Transcript } from '@whisper/shared/contracts/transcript';
import { createS3BlobStore } from '@whisper/shared/storage/s3-blob-store';
import { openResultCache, type ResultCache } from '@whisper/shared/storage/result-cache';
import { startServers, type Servers } from '../helpers/start-servers.ts';
import { removeBlobs } from '../helpers/list-blobs.ts';
import { suite } from '../helpers/suite.ts';

const key = (): string => `${randomBytes(32).toString('hex')}.pico`;
const model = { name: 'pico', revision: 'r1', precision: 'fp32' };
const said = (text: string): Transcript => ({ text, language: 'en', durationSeconds: 1, segments: [] });

suite(
  'result cache',
  {} as { servers: Servers; bus: Bus; cache: ResultCache },
  (test) => {
    test.before(async (context) => {
      context.servers = await startServers();
      context.bus = await context.servers.connect();
      context.cache = await openResultCache(context.bus, createS3BlobStore(context.servers.s3));
    });
    test.after(async ({ servers, bus }) => {
      await bus[Symbol.asyncDispose]();
      await servers[Symbol.asyncDispose]();
    });

    test('what was stored comes back; what was not is undefined', async ({ cache }) => {
      const resultKey = key();
      assert.is(await cache.get(resultKey), undefined);
      assert.is(await cache.put(resultKey, { transcript: said('one'), model }), 'stored');
      assert.equal(await cache.get(resultKey), { transcript: said('one'), model });
    });

    test('the first writer wins', async ({ cache }) => {
      const resultKey = key();
      const outcomes = await Promise.all(
        ['a', 'b', 'c'].map((text) => cache.put(resultKey, { transcript: said(text), model })),
      );
      assert.is(outcomes.filter((outcome) => outcome === 'stored').length, 1);
      const winner = (await cache.get(resultKey))?.transcript.text;
      assert.is(winner, ['a', 'b', 'c'][outcomes.indexOf('stored')]);
    });

    test('a result of another revision of the model is replaced', async ({ cache }) => {
      const resultKey = key();
      await cache.put(resultKey, { transcript: said('old'), model });
      const newer = { ...model, revision: 'r2' };
      assert.is(await cache.put(resultKey, { transcript: said('new'), model: newer }), 'stored');
      assert.is((await cache.get(resultKey))?.transcript.text, 'new');
    });

    test('a transcript too large for the bucket lives behind a pointer', async ({ cache, bus }) => {
      const resultKey = key();
      const text = randomBytes(600_000).toString('base64');
      await cache.put(resultKey, { transcript: said(text), model });
      assert.is((await cache.get(resultKey))?.transcript.text, text);
      const stored = await bus.manager.streams.getMessage('KV_results', {
        last_by_subj: `$KV.results.${resultKey}`,
      });
      assert.ok((stored?.data.length ?? Infinity) < 1_000);
    });

    test('a result whose blob has expired is a miss, and may be written again', async ({
      cache,
      servers,
    }) => {
      const resultKey = key();
      const large = { transcript: said(randomBytes(600_000).toString('base64')), model };
      await cache.put(resultKey, large);
      await removeBlobs(servers.s3, `results/${resultKey}`);
      assert.is(await cache.get(resultKey), undefined);
      await cache.put(resultKey, large);
      assert.equal(await cache.get(resultKey), large);
    });
  },
  { timeoutMs: 120_000 },
);
