import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { createOpenAI } from '@ai-sdk/openai';
import { experimental_transcribe as transcribe } from 'ai';
import OpenAI, { APIError, NotFoundError, toFile, UnprocessableEntityError } from 'openai';
import * as assert from 'uvu/assert';
import { eventually } from '../helpers/eventually.ts';
import { pythonWith } from '../helpers/python-with.ts';
import { samplePath } from '../helpers/sample-path.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

const WORDS = 'four nine two seven';
const SAMPLE = samplePath('numbers.wav');
const PYTHON_CLIENT = samplePath('../test/helpers/openai-client.py');
const run = promisify(execFile);

suite(
  "OpenAI's clients, unmodified",
  {} as { system: System; openai: OpenAI },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({ engine: 'pico' });
      context.openai = new OpenAI({ baseURL: `${context.system.url}/v1`, apiKey: 'none', maxRetries: 0 });
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('openai: json, from a stream of unknown length, the file before the model', async ({ openai }) => {
      const { text, ...rest } = await openai.audio.transcriptions.create({
        file: createReadStream(SAMPLE),
        model: 'whisper-1',
      });
      assert.is(text, WORDS);
      assert.equal(rest.usage, { type: 'duration', seconds: 2 });
    });

    test('openai: text, srt and vtt, all from one inference', async ({ openai, system }) => {
      const inferences = (): number =>
        system.worker.log().filter(({ msg }) => msg === 'job completed').length;
      await eventually(() => inferences() === 1);
      const create = (response_format: 'text' | 'srt' | 'vtt'): Promise<string> =>
        openai.audio.transcriptions.create({
          model: 'pico',
          file: createReadStream(SAMPLE),
          response_format,
        });
      assert.is(await create('text'), `${WORDS}\n`);
      assert.match(await create('srt'), /^1\n00:00:00,\d{3} --> 00:00:0\d,\d{3}\nfour nine two seven\n\n$/);
      assert.match(
        await create('vtt'),
        /^WEBVTT\n\n00:00\.\d{3} --> 00:0\d\.\d{3}\nfour nine two seven\n\n$/,
      );
      assert.is(inferences(), 1);
    });

    test('openai: verbose_json names the language in full', async ({ openai }) => {
      const verbose = await openai.audio.transcriptions.create({
        file: await toFile(await readFile(SAMPLE), 'numbers.wav'),
        model: 'pico',
        response_format: 'verbose_json',
        timestamp_granularities: ['segment'],
      });
      assert.is(verbose.language, 'english');
      assert.is(verbose.text, WORDS);
      assert.is(verbose.segments?.[0]?.text, ` ${WORDS}`);
      assert.ok(verbose.duration > 1 && verbose.duration < 2);
      assert.equal(verbose.usage, { type: 'duration', seconds: 2 });
    });

    test('openai: a chunking strategy skips silence', async ({ openai }) => {
      const create = (
        chunking_strategy: 'auto' | { type: 'server_vad'; threshold: number },
      ): Promise<{ text: string }> =>
        openai.audio.transcriptions.create({
          file: createReadStream(SAMPLE),
          model: 'pico',
          chunking_strategy,
        });
      assert.type((await create('auto')).text, 'string');
      assert.type((await create({ type: 'server_vad', threshold: 0.3 })).text, 'string');
    });

    test('openai: a stream of deltas whose join is the text', async ({ openai }) => {
      for (const language of ['en', undefined]) {
        const stream = await openai.audio.transcriptions.create({
          file: createReadStream(samplePath('long-numbers.wav')),
          model: 'pico',
          stream: true,
          ...(language && { language }),
        });
        let joined = '';
        let done = '';
        for await (const event of stream) {
          if (event.type === 'transcript.text.delta') joined += event.delta;
          if (event.type === 'transcript.text.done') done = event.text;
        }
        assert.is(joined, done);
        assert.match(done, /^four eight two zero .* five$/);
      }
    });

    test('openai: models', async ({ openai }) => {
      const names: string[] = [];
      for await (const { id, object } of openai.models.list()) {
        assert.is(object, 'model');
        names.push(id);
      }
      assert.ok(names.includes('whisper-1') && names.includes('pico'));
      assert.is((await openai.models.retrieve('pico')).id, 'pico');
      const { error } = await failing(openai.models.retrieve('gpt-4o-transcribe'), NotFoundError);
      assert.is((error as { code: string }).code, 'model_not_found');
    });

    test('openai: errors are of its own classes, with a request id', async ({ openai }) => {
      const create = (model: string, file: Buffer): Promise<unknown> =>
        toFile(file, 'a.wav').then((upload) => openai.audio.transcriptions.create({ model, file: upload }));
      const unknown = await failing(create('gpt-4o-transcribe', await readFile(SAMPLE)), NotFoundError);
      assert.is(unknown.code, 'model_not_found');
      assert.is(unknown.param, 'model');
      assert.match(unknown.requestID ?? '', /^req_[0-9a-f]{32}$/);
      const empty = await failing(create('pico', Buffer.alloc(0)), APIError);
      assert.is(empty.status, 400);
      const rubbish = await failing(create('pico', Buffer.from('no audio')), APIError);
      assert.is(rubbish.status, 415);
      assert.is(rubbish.type, 'invalid_request_error');
      assert.not.instance(rubbish, UnprocessableEntityError);
    });

    test('ai with @ai-sdk/openai', async ({ system }) => {
      const provider = createOpenAI({ baseURL: `${system.url}/v1`, apiKey: 'none' });
      const asked = { model: provider.transcription('whisper-1'), audio: await readFile(SAMPLE) };
      assert.is((await transcribe(asked)).text, WORDS);
      // With options it asks for verbose_json, and knows the language only by its full name.
      const options = { openai: { timestampGranularities: ['segment'] } };
      const result = await transcribe({ ...asked, providerOptions: options });
      assert.is(result.text, WORDS);
      assert.is(result.language, 'en');
      assert.ok((result.durationInSeconds ?? 0) > 1);
      assert.ok(result.segments.length > 0);
    });

    test('curl', async ({ system }) => {
      const { stdout } = await run('curl', [
        ...['-sS', '-F', `file=@${SAMPLE}`, '-F', 'model=whisper-1', '-F', 'response_format=text'],
        ...['-H', 'Authorization: Bearer none', `${system.url}/v1/audio/transcriptions`],
      ]);
      assert.is(stdout, `${WORDS}\n`);
    });

    test('openai of Python', async ({ system }) => {
      const python = await pythonWith('openai');
      if (!python) return;
      const { stdout } = await run(python, [PYTHON_CLIENT, `${system.url}/v1`, SAMPLE]);
      const seen = JSON.parse(stdout) as Record<string, unknown>;
      assert.equal(seen, {
        json: WORDS,
        text: `${WORDS}\n`,
        vtt: 'WEBVTT',
        language: 'english',
        stream: [WORDS, WORDS],
        missing: ['NotFoundError', 'model_not_found'],
      });
    });
  },
  { timeoutMs: 120_000 },
);

async function failing<E extends APIError>(
  work: Promise<unknown>,
  kind: abstract new (...args: never[]) => E,
): Promise<E> {
  try {
    await work;
  } catch (error) {
    if (error instanceof kind) return error;
    throw error;
  }
  throw new Error('this should have failed');
}
