import { join } from 'node:path';
import OpenAI from 'openai';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { eventually } from '../helpers/eventually.ts';
import { pacedAudio, pacedSegments } from '../helpers/paced-audio.ts';
import { postForm } from '../helpers/post-form.ts';
import { readSse, type SseEvent } from '../helpers/read-sse.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

const WORDS = Array.from({ length: 20 }, (_, n) => ` word ${n}`);
const DIALECTS = [
  ['/transcribe?response_format=text', 'file'],
  ['/v1/audio/transcriptions?response_format=text', 'file'],
  ['/inference?response_format=text', 'file'],
  ['/asr', 'audio_file'],
] as const;
const TEXT = WORDS.join('').trim();
const pieceSchema = z.object({
  type: z.string().optional(),
  delta: z.string().optional(),
  text: z.string().optional(),
  error: z.object({ code: z.string() }).optional(),
});

const post = (system: System, audio: Blob): Promise<Response> =>
  postForm(`${system.url}/v1/audio/transcriptions`, audio, { fields: { model: 'tiny', stream: 'true' } });

interface Streamed {
  readonly deltas: readonly string[];
  readonly last: SseEvent | undefined;
}

async function read(response: Response): Promise<Streamed> {
  assert.is(response.status, 200);
  assert.match(response.headers.get('content-type') ?? '', 'text/event-stream');
  const deltas: string[] = [];
  let last: SseEvent | undefined;
  for await (const event of readSse(response)) {
    last = event;
    const { delta } = pieceSchema.parse(event.data);
    if (delta !== undefined) deltas.push(delta);
  }
  return { deltas, last };
}

function expectWhole({ deltas, last }: Streamed, text: string): void {
  assert.is(deltas.join(''), text);
  const { text: done, type } = pieceSchema.parse(last?.data);
  assert.is(type, 'transcript.text.done');
  assert.is(done, text);
}

suite(
  'text in a stream',
  {} as { system: System },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({ engine: { paced: ['tiny'] }, env: { MAX_UPLOADS: '100' } });
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('it grows as segments are decided, and a second reader of the same audio gets it all', async ({
      system,
    }) => {
      const audio = pacedSegments(WORDS, 50);
      const first = await post(system, audio);
      assert.is(first.headers.get('x-cache'), 'miss');
      const second = await post(system, audio);
      assert.is(second.headers.get('x-cache'), 'joined');
      const [one, two] = await Promise.all([read(first), read(second)]);
      expectWhole(one, TEXT);
      expectWhole(two, TEXT);
      assert.ok(one.deltas.length > 10, 'it comes in pieces');
      const stored = await read(await post(system, audio));
      expectWhole(stored, TEXT);
      assert.is(stored.deltas.length, 1);
    });

    test('verbose_json tells each segment after its text, once, also when it was there already or an attempt died', async ({
      system,
    }) => {
      const crashOnce = { before: 12, marker: join(system.servers.directory, 'crash-segments') };
      const audio = pacedSegments(WORDS, 20, { crashOnce, number: 7 });
      const fields = { model: 'tiny', stream: 'true', response_format: 'verbose_json' };
      const segment = (n: number): unknown => ({
        ...{ type: 'transcript.text.segment', id: `seg_${n}`, start: n, end: n + 1, text: WORDS[n] },
      });
      for (const cache of ['miss', 'hit']) {
        const response = await postForm(`${system.url}/v1/audio/transcriptions`, audio, { fields });
        assert.is(response.headers.get('x-cache'), cache);
        const events: unknown[] = [];
        for await (const { data } of readSse(response)) events.push(data);
        const told = events.filter((data) => pieceSchema.parse(data).type === 'transcript.text.segment');
        assert.equal(
          told,
          WORDS.map((_word, n) => segment(n)),
        );
        const pieces = events.map((data) => pieceSchema.parse(data));
        assert.is(pieces.map(({ delta = '' }) => delta).join(''), TEXT);
        assert.is(pieces.at(-1)?.type, 'transcript.text.done');
      }
    });

    test('an attempt that dies and is repeated takes nothing back', async ({ system }) => {
      const crashOnce = { before: 12, marker: join(system.servers.directory, 'crash-1') };
      expectWhole(await read(await post(system, pacedSegments(WORDS, 20, { crashOnce }))), TEXT);
    });

    test('a repeated attempt that hears something else is an error, not a wrong text', async ({ system }) => {
      const crashOnce = {
        before: 12,
        marker: join(system.servers.directory, 'crash-2'),
        then: [' something', ' else'],
      };
      const audio = pacedSegments(WORDS, 20, { crashOnce, text: 'something else' });
      const { last } = await read(await post(system, audio));
      assert.is(last?.event, 'error');
      assert.is(pieceSchema.parse(last?.data).error?.code, 'transcript_changed');
      expectWhole(await read(await post(system, audio)), 'something else');
    });

    test('what fails before the first word has its own status; silence is a whole answer', async ({
      system,
    }) => {
      const failed = await post(system, pacedAudio({ text: '', delayMs: 0, fault: 'nonsense' }));
      assert.is(failed.status, 500);
      assert.is(pieceSchema.parse(await failed.json()).error?.code, 'engine_failed');
      expectWhole(await read(await post(system, pacedAudio({ text: '', delayMs: 1 }))), '');
    });

    test("words and their times, by both granularities, through OpenAI's client", async ({ system }) => {
      const openai = new OpenAI({ baseURL: `${system.url}/v1`, apiKey: 'none', maxRetries: 0 });
      const { segments, text, words } = await openai.audio.transcriptions.create({
        file: new File([pacedSegments([' two words', ' and three'], 1)], 'a.wav'),
        model: 'tiny',
        response_format: 'verbose_json',
        timestamp_granularities: ['word', 'segment'],
      });
      assert.is(text, 'two words and three');
      assert.equal(words, [
        { word: 'two', start: 0, end: 1 },
        { word: 'words', start: 0, end: 1 },
        { word: 'and', start: 1, end: 2 },
        { word: 'three', start: 1, end: 2 },
      ]);
      assert.is(segments?.length, 2);
    });

    test('100 identical uploads at once, in every dialect, run once', async ({ system }) => {
      const audio = pacedSegments([' once for all'], 1_000);
      const jobIds = new Set<string | null>();
      const answers = await Promise.all(
        Array.from({ length: 100 }, async (_, n) => {
          const [path = '', fileField = ''] = DIALECTS[n % DIALECTS.length] ?? [];
          const response = await postForm(`${system.url}${path}`, audio, { fileField });
          jobIds.add(response.headers.get('x-job-id'));
          return response.text();
        }),
      );
      assert.equal([...new Set(answers.map((text) => text.trim()))], ['once for all']);
      assert.is(jobIds.size, 1);
      const inferences = (): number =>
        system.worker.log().filter(({ jobId, msg }) => msg === 'job completed' && jobIds.has(String(jobId)))
          .length;
      await eventually(() => inferences() === 1);
    });

    test('a reader that goes leaves the job to others', async ({ system }) => {
      const audio = pacedSegments(WORDS, 40, { text: `${TEXT}.`, segments: [...WORDS, '.'] });
      const leaving = await post(system, audio);
      await leaving.body?.cancel();
      expectWhole(await read(await post(system, audio)), `${TEXT}.`);
      await eventually(async () => (await fetch(`${system.url}/readyz`)).ok);
    });
  },
  { timeoutMs: 120_000 },
);
