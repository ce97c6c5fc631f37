import { readdir } from 'node:fs/promises';
import http from 'node:http';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createS3BlobStore } from '@whisper/shared/storage/s3-blob-store';
import { eventually } from '../helpers/eventually.ts';
import { pacedAudio } from '../helpers/paced-audio.ts';
import { postForm } from '../helpers/post-form.ts';
import { startReceiver, type Receiver } from '../helpers/receiver.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

const MAX_UPLOAD_BYTES = 1_000_000;
const INPUT_SECONDS = 4;
const AUDIO = { text: 'from afar', delayMs: 5, segments: [' from afar'] };

type Page = (response: http.ServerResponse) => void;
const PAGES: Readonly<Record<string, Page>> = {
  '/audio.wav': (response) => response.end(JSON.stringify(AUDIO)),
  '/other.wav': (response) => response.end(JSON.stringify({ text: 'from elsewhere', delayMs: 5 })),
  '/moved': (response) => response.writeHead(302, { location: '/audio.wav' }).end(),
  '/to-metadata': (response) => response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end(),
  '/to-other-loopback': (response) => response.writeHead(301, { location: 'http://127.0.0.2:1/' }).end(),
  '/loop': (response) => response.writeHead(302, { location: '/loop' }).end(),
  '/missing': (response) => response.writeHead(404).end('no'),
  '/empty': (response) => response.end(),
  '/packed': (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
  '/declared-large': (response) =>
    response
      .writeHead(200, { 'content-length': MAX_UPLOAD_BYTES + 1 })
      .end(Buffer.alloc(MAX_UPLOAD_BYTES + 1)),
  '/large': (response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
    };
    response.on('drain', more);
    more();
  },
  '/broken': (response) => {
    response.writeHead(200, { 'content-length': 1_000 }).write('x');
    setTimeout(() => response.destroy(), 50);
  },
  '/silent': (response) => response.writeHead(200).write('x'),
  '/mute': () => undefined,
};

interface Stage {
  system: System;
  site: Receiver;
}
const at = ({ site }: Stage, path: string): string => new URL(path, site.url).href;

async function errorOf(answer: Response): Promise<unknown[]> {
  const { error } = (await answer.json()) as { error: { code: string; field?: string; param?: string } };
  return [answer.status, error.code, error.field ?? error.param];
}

suite(
  'audio by its address',
  {} as Stage,
  (test) => {
    test.before(async (stage) => {
      stage.site = await startReceiver((response, { url = '' }) => {
        (PAGES[url.replace(/\?.*/, '')] ?? PAGES['/missing'])?.(response);
      });
      stage.system = await startSystem({
        engine: { paced: ['tiny'] },
        env: {
          OUTBOUND_ALLOW: '127.0.0.1',
          MAX_UPLOAD_BYTES: String(MAX_UPLOAD_BYTES),
          URL_INPUT_SECONDS: String(INPUT_SECONDS),
          DEFAULT_MODEL: 'tiny',
        },
      });
    });
    test.after(async ({ site, system }) => {
      await site[Symbol.asyncDispose](); // first: it would keep a test alive whose system did not start
      await system[Symbol.asyncDispose]();
    });

    test('in the query or as a field, in every dialect; the same bytes are the same job as an upload', async (stage) => {
      const { url } = stage.system;
      const audio = at(stage, '/audio.wav');
      const post = (path: string): Promise<Response> => fetch(`${url}${path}`, { method: 'POST' });
      const first = await post(`/transcribe?url=${encodeURIComponent(audio)}`);
      assert.equal([first.status, first.headers.get('x-cache')], [200, 'miss'], await first.clone().text());
      assert.equal(await first.json(), { text: 'from afar' });
      const uploaded = await postForm(`${url}/transcribe`, pacedAudio(AUDIO));
      assert.is(uploaded.headers.get('x-cache'), 'hit');
      for (const path of ['/v1/audio/transcriptions', '/inference']) {
        const form = new FormData();
        form.set('url', at(stage, '/moved'));
        const answer = await fetch(`${url}${path}`, { method: 'POST', body: form });
        assert.equal([answer.status, answer.headers.get('x-cache')], [200, 'hit'], path);
        assert.is(((await answer.json()) as { text: string }).text.trim(), 'from afar');
      }
      const asr = await post(`/asr?output=txt&url=${encodeURIComponent(audio)}`);
      assert.match(await asr.text(), 'from afar');
      const job = await post(`/jobs?url=${encodeURIComponent(at(stage, '/other.wav?signature=abc'))}`);
      assert.is(job.status, 202);
    });

    test('what cannot be had says why', async (stage) => {
      const refused = [
        ['/to-metadata', 400, 'url_refused'],
        ['/to-other-loopback', 400, 'url_refused'],
        ['/loop', 422, 'url_unreachable'],
        ['/missing', 422, 'url_unreachable'],
        ['/packed', 422, 'url_unreachable'],
        ['/broken', 422, 'url_unreachable'],
        ['/silent', 422, 'url_unreachable'],
        ['/mute', 422, 'url_unreachable'],
        ['/empty', 400, 'empty_file'],
        ['/declared-large', 413, 'url_too_large'],
        ['/large', 413, 'url_too_large'],
        ['http://10.0.0.1/', 400, 'url_refused'],
        ['http://[::1]:1/', 400, 'url_refused'],
        ['http://127.0.0.1:9/', 422, 'url_unreachable'],
        ['file:///etc/passwd', 400, 'url_refused'],
        ['nonsense', 400, 'url_refused'],
      ] as const;
      for (const [path, status, code] of refused) {
        const named = path.startsWith('/') ? at(stage, path) : path;
        const ours = await fetch(`${stage.system.url}/jobs?url=${encodeURIComponent(named)}`, {
          method: 'POST',
        });
        assert.equal(await errorOf(ours), [status, code, 'url'], path);
      }
      const openai = `${stage.system.url}/v1/audio/transcriptions?url=${encodeURIComponent('http://10.0.0.1/')}`;
      assert.equal(await errorOf(await fetch(openai, { method: 'POST' })), [400, 'url_refused', 'url']);
    });

    test('a file and an address, two addresses, and neither', async (stage) => {
      const { url } = stage.system;
      const both = await postForm(`${url}/transcribe`, pacedAudio({ text: 'both', delayMs: 5 }), {
        fields: { url: at(stage, '/audio.wav') },
      });
      assert.equal(await errorOf(both), [400, 'invalid_request', 'url']);
      const twice = await postForm(`${url}/transcribe`, pacedAudio({ text: 'both', delayMs: 5 }), {
        fields: { url: [at(stage, '/audio.wav'), at(stage, '/other.wav')] },
      });
      assert.equal(await errorOf(twice), [400, 'invalid_option', 'url']);
      const form = new FormData();
      form.set('url', '');
      const none = await fetch(`${url}/transcribe`, { method: 'POST', body: form });
      assert.equal(await errorOf(none), [400, 'missing_file', 'file']);
      const nothing = await fetch(`${url}/transcribe`, { method: 'POST' });
      assert.equal(await errorOf(nothing), [415, 'unsupported_content_type', undefined]);
    });

    test('of the configured S3 what lies below inputs/<tenant>/, and nothing else', async (stage) => {
      const { servers, url } = stage.system;
      const blobs = createS3BlobStore(servers.s3);
      await blobs.putBytes(
        'inputs/default/talk.wav',
        Buffer.from(JSON.stringify({ text: 'stored', delayMs: 5 })),
      );
      const ask = (address: string): Promise<Response> =>
        fetch(`${url}/transcribe?url=${encodeURIComponent(address)}`, { method: 'POST' });
      assert.equal(await (await ask('s3://audio/inputs/default/talk.wav')).json(), { text: 'stored' });
      const refused = [
        's3://audio/inputs/other/talk.wav',
        's3://audio/inputs/default/../other/talk.wav',
        's3://audio/inputs/default/',
        's3://audio/audio/default/0000',
        's3://other/inputs/default/talk.wav',
        's3://audio',
        's3:inputs/default/talk.wav',
      ];
      for (const address of refused)
        assert.equal(await errorOf(await ask(address)), [400, 'url_refused', 'url'], address);
      const missing = await ask('s3://audio/inputs/default/none.wav');
      assert.equal(await errorOf(missing), [422, 'url_unreachable', 'url']);
    });

    test('who hangs up ends it; nothing stays in the spool, and no log has an address', async (stage) => {
      const { ingest, servers, url } = stage.system;
      const client = new AbortController();
      const named = at(stage, '/silent?canary=1').replace('//', '//canary:c4n4ry@');
      const before = stage.site.received.length;
      const asking = fetch(`${url}/transcribe?url=${encodeURIComponent(named)}`, {
        method: 'POST',
        signal: client.signal,
      }).catch(() => undefined);
      await eventually(() => stage.site.received.length > before);
      client.abort();
      await asking;
      const spooled = async (): Promise<string[]> =>
        (await readdir(join(servers.directory, 'spool'), { recursive: true })).filter((path) =>
          path.includes('/'),
        );
      await eventually(async () => (await spooled()).length === 0, { timeoutMs: (INPUT_SECONDS * 1000) / 2 });
      assert.not.match(JSON.stringify(ingest.log()), /canary|c4n4ry|audio\.wav|signature/);
    });

    test('a server that takes files only says so', async (stage) => {
      const other = await stage.system.startIngest({ URL_INPUT: 'false' });
      const answer = await fetch(
        `${other.url}/transcribe?url=${encodeURIComponent(at(stage, '/audio.wav'))}`,
        {
          method: 'POST',
        },
      );
      assert.equal(await errorOf(answer), [400, 'url_refused', 'url']);
    });
  },
  { timeoutMs: 60_000 },
);
