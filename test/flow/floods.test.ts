import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Client } from 'minio';
import * as assert from 'uvu/assert';
import { inParallel } from '../bench/measure.ts';
import { eventually } from '../helpers/eventually.ts';
import { openFlood } from '../helpers/half-open.ts';
import { jobsApi } from '../helpers/jobs-api.ts';
import { pacedAudio } from '../helpers/paced-audio.ts';
import { postAudio } from '../helpers/post-audio.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

const FLOOD = { 'half head': 400, 'slow body': 40, idle: 60 };
const HONEST = 60;
/** Heads may take 15 s, looked at every 5 s; connections may be idle for 15 s. */
const CUT_MS = 60_000;
const BODY_BYTES = 400_000;

const spooled = async ({ servers }: System): Promise<readonly string[]> =>
  (await readdir(join(servers.directory, 'spool'), { recursive: true })).filter((path) => path.includes('/'));

/** Sends a part of an upload, then goes: with a FIN or an RST. */
function breakOff(url: string, share: number, how: 'FIN' | 'RST'): Promise<void> {
  const head =
    '--x\r\ncontent-disposition: form-data; name="model"\r\n\r\ntiny\r\n' +
    '--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n';
  const body = Buffer.concat([Buffer.from(head), Buffer.alloc(BODY_BYTES), Buffer.from('\r\n--x--\r\n')]);
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined); // it is ours to break
  socket.write(
    `POST /jobs HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=x\r\ncontent-length: ${body.length}\r\n\r\n`,
  );
  return new Promise((resolve) => {
    socket.once('close', () => {
      resolve();
    });
    socket.resume().write(body.subarray(0, Math.floor(body.length * share)), () => {
      if (how === 'RST') socket.resetAndDestroy();
      else socket.end();
    });
  });
}

suite(
  'floods',
  {} as { system: System },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({
        engine: { paced: ['tiny'] },
        slots: 2,
        env: { UPLOAD_IDLE_SECONDS: '3', MAX_UPLOADS: '64' },
      });
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('500 half-open clients are cut, and every honest one beside them is answered', async ({
      system,
    }) => {
      const pid = system.ingest.process.pid;
      const flood = openFlood(system.url, FLOOD);
      const texts: (string | undefined)[] = [];
      await inParallel(HONEST, 4, async (n) => {
        const audio = pacedAudio({ text: `honest ${n}`, delayMs: 5 });
        texts[n] = (await postAudio(system.url, audio, { query: '?model=tiny' })).text;
      });
      assert.equal(
        texts,
        Array.from({ length: HONEST }, (_, n) => `honest ${n}`),
      );
      await eventually(() => flood.every(({ isCut }) => isCut()), { timeoutMs: CUT_MS });
      for (const { answer, kind } of flood) {
        if (kind === 'idle') assert.match(answer(), /^HTTP\/1.1 200/);
        else assert.match(answer(), /^HTTP\/1.1 408/, kind);
      }
      assert.is(system.ingest.process.pid, pid);
      assert.is((await fetch(`${system.url}/readyz`)).status, 200);
    });

    test('an upload that is slow, but not too slow, is taken, however long it lasts', async ({ system }) => {
      const { hostname, port } = new URL(system.url);
      const audio = JSON.stringify({ text: 'slow but honest', delayMs: 5 });
      const part = (name: string, value: string): string =>
        `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
      // 16 KiB a second for twice the window.
      const filler = Array.from({ length: 12 }, () => part('prompt', 'y'.repeat(8_000)));
      const file = `--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n${audio}\r\n--x--\r\n`;
      const pieces = [part('model', 'tiny'), ...filler, file];
      const length = pieces.join('').length;
      const socket = connect(Number(port), hostname);
      let answer = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
      socket.write(
        `POST /v1/audio/transcriptions HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: multipart/form-data; boundary=x\r\ncontent-length: ${length}\r\n\r\n`,
      );
      for (const piece of pieces) {
        socket.write(piece);
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      await eventually(() => answer.startsWith('HTTP/1.1 '));
      assert.not.match(answer, /^HTTP\/1.1 408/);
      socket.destroy();
    });

    test('clients that go at 1, 50 and 99 % leave no file, no upload, no job', async ({ system }) => {
      const before = (await jobsApi.list(system.url)).body.jobs.map(({ jobId }) => jobId);
      for (const how of ['FIN', 'RST'] as const) {
        for (const share of [0.01, 0.5, 0.99]) {
          await Promise.all(Array.from({ length: 5 }, () => breakOff(system.url, share, how)));
        }
      }
      await eventually(async () => (await spooled(system)).length === 0);
      const after = (await jobsApi.list(system.url)).body.jobs.map(({ jobId }) => jobId);
      assert.equal(after, before);
      const { s3 } = system.servers;
      const { hostname, port } = new URL(s3.S3_ENDPOINT);
      const client = new Client({
        ...{ endPoint: hostname, port: Number(port), useSSL: false },
        ...{ accessKey: s3.S3_ACCESS_KEY, secretKey: s3.S3_SECRET_KEY },
      });
      const unfinished: unknown[] = [];
      for await (const upload of client.listIncompleteUploads(s3.S3_BUCKET, '', true)) {
        unfinished.push(upload);
      }
      assert.equal(unfinished, []);
      assert.is((await fetch(`${system.url}/readyz`)).status, 200);
    });
  },
  { timeoutMs: 120_000 },
);
