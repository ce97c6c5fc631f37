import { readdir, readFile } from 'node:fs/promises';
import http from 'node:http';
import { join } from 'node:path';
import { connect } from 'node:net';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { inParallel } from '../bench/measure.ts';
import { eventually } from '../helpers/eventually.ts';
import { malformedForm, seededRandom, type MalformedForm } from '../helpers/malformed-form.ts';
import { pacedAudio } from '../helpers/paced-audio.ts';
import { postForm } from '../helpers/post-form.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

const BODIES = 1_000;
/** Generous: what a garbage collector leaves lying about. */
const MAX_GROWTH_BYTES = 200 * 1024 ** 2;
const SEED = 20_260_821;
const MAX_UPLOAD_BYTES = 1_000_000;
const MAX_UPLOADS = 4;

const openaiSchema = z.strictObject({
  error: z.strictObject({
    message: z.string().min(1),
    type: z.enum(['invalid_request_error', 'server_error']),
    param: z.string().nullable(),
    code: z.string().nullable(),
  }),
});
const detail = z.array(z.strictObject({ type: z.string(), loc: z.array(z.string()), msg: z.string() }));
const ROOMS = [
  { path: '/v1/audio/transcriptions', fileField: 'file', schema: openaiSchema },
  { path: '/v1/audio/translations', fileField: 'file', schema: openaiSchema },
  {
    path: '/transcribe',
    fileField: 'file',
    schema: z.strictObject({
      error: z.strictObject({ code: z.string(), message: z.string().min(1), field: z.string().optional() }),
    }),
  },
  { path: '/inference', fileField: 'file', schema: z.strictObject({ error: z.string().min(1) }) },
  {
    path: '/asr',
    fileField: 'audio_file',
    schema: z.strictObject({ detail: z.union([z.string(), detail]) }),
  },
] as const;

interface Answered {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

const PAGE_BYTES = 4_096;
async function residentBytes(pid: number): Promise<number> {
  const [, pages = ''] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ');
  return Number(pages) * PAGE_BYTES;
}

function send(url: string, { body, contentType }: MalformedForm, chunked = false): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const length = chunked ? {} : { 'content-length': body.length };
    const headers = { 'content-type': contentType, ...length };
    const request = http.request(url, { method: 'POST', headers, agent: false });
    request.once('error', reject).once('response', (response) => {
      let text = '';
      response
        .setEncoding('utf8')
        .on('data', (chunk: string) => (text += chunk))
        .once('error', reject)
        .once('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        });
    });
    if (chunked)
      for (let at = 0; at < body.length; at += 65_536) request.write(body.subarray(at, at + 65_536));
    request.end(chunked ? undefined : body);
  });
}

suite(
  'hostile HTTP',
  {} as { system: System },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({
        engine: { paced: ['tiny'] },
        env: {
          MAX_UPLOAD_BYTES: String(MAX_UPLOAD_BYTES),
          MAX_UPLOADS: String(MAX_UPLOADS),
          UPLOAD_IDLE_SECONDS: '2',
        },
      });
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test(`${BODIES} malformed forms are refused, each in the words of its dialect`, async ({ system }) => {
      const random = seededRandom(SEED);
      const forms = Array.from({ length: BODIES }, (_, n) => {
        const room = ROOMS[n % ROOMS.length] ?? ROOMS[0];
        return { room, form: malformedForm(room.fileField, random) };
      });
      const seen = new Map<number, number>();
      const pid = system.ingest.process.pid ?? 0;
      const before = await residentBytes(pid);
      await inParallel(BODIES, MAX_UPLOADS, async (n) => {
        const { form, room } = forms[n] ?? { form: undefined, room: ROOMS[0] };
        if (!form) return;
        const answer = await send(`${system.url}${room.path}`, form);
        const what = `body ${n} to ${room.path}: ${answer.status} ${answer.body.slice(0, 200)}`;
        assert.ok(answer.status >= 400 && answer.status < 500, what);
        assert.ok(room.schema.safeParse(JSON.parse(answer.body)).success, what);
        assert.match(String(answer.headers['x-request-id']), /^req_/, what);
        seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
      });
      assert.ok((seen.get(400) ?? 0) > BODIES / 4, JSON.stringify([...seen]));
      assert.is(system.ingest.process.exitCode, null, 'the same process');
      const growth = (await residentBytes(pid)) - before;
      assert.ok(growth < MAX_GROWTH_BYTES, `grew by ${growth} bytes`);
    });

    test('the size is counted as it comes, whatever was declared', async ({ system }) => {
      const head = '--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n';
      const body = Buffer.concat([
        Buffer.from(head),
        Buffer.alloc(MAX_UPLOAD_BYTES + 1),
        Buffer.from('\r\n--x--\r\n'),
      ]);
      const form = { contentType: 'multipart/form-data; boundary=x', body };
      const answer = await send(`${system.url}/v1/audio/transcriptions`, form, true);
      assert.is(answer.status, 413);
      assert.is(openaiSchema.parse(JSON.parse(answer.body)).error.code, 'file_too_large');
    });

    test('too many at once get 503 with Retry-After, in the words of the dialect', async ({ system }) => {
      const { port } = new URL(system.url);
      const head =
        'POST /transcribe HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=x\r\ncontent-length: 5000\r\n\r\n--x\r\n';
      const open = Array.from({ length: MAX_UPLOADS }, () => {
        const socket = connect(Number(port), '127.0.0.1');
        socket.write(head);
        return socket;
      });
      const refused = await eventually(async () => {
        const answer = await postForm(
          `${system.url}/v1/audio/transcriptions`,
          pacedAudio({ text: 'no room', delayMs: 0 }),
          { fields: { model: 'tiny' } },
        );
        return answer.status === 503 ? answer : undefined;
      });
      assert.is(refused.headers.get('retry-after'), '5');
      const { error } = openaiSchema.parse(await refused.json());
      assert.equal([error.code, error.type], ['too_many_uploads', 'server_error']);
      for (const socket of open) socket.destroy();
    });

    test('what is no HTTP has an answer with an id too', async ({ system }) => {
      const { port } = new URL(system.url);
      const socket = connect(Number(port), '127.0.0.1');
      let answer = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
      socket.write('NONSENSE\r\n\r\n');
      await eventually(() => answer.startsWith('HTTP/1.1 400') && /x-request-id: req_/i.test(answer));
      socket.destroy();
    });

    test('after all that no spool holds a file and ingest is well', async ({ system }) => {
      const spooled = async (): Promise<string[]> =>
        (await readdir(join(system.servers.directory, 'spool'), { recursive: true })).filter((path) =>
          path.includes('/'),
        );
      await eventually(async () => (await spooled()).length === 0).catch(async () => {
        assert.equal(await spooled(), []);
      });
      assert.is((await fetch(`${system.url}/readyz`)).status, 200);
    });
  },
  { timeoutMs: 120_000 },
);
