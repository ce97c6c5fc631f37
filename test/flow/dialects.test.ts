import { readFile } from 'node:fs/promises';
import * as assert from 'uvu/assert';
import { eventually } from '../helpers/eventually.ts';
import { postForm } from '../helpers/post-form.ts';
import { samplePath } from '../helpers/sample-path.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

const WORDS = 'four nine two seven';
const WAV_HEADER_BYTES = 44;
const REQUEST_ID = /^req_[0-9a-f]{32}$/;

interface Context {
  system: System;
  audio: Blob;
}

const inferences = ({ worker }: System): number =>
  worker.log().filter(({ msg }) => msg === 'job completed').length;

async function textOf(response: Response): Promise<string> {
  const text = await response.text();
  assert.is(response.status, 200, text);
  assert.match(response.headers.get('x-request-id') ?? '', REQUEST_ID);
  return text;
}

const asr = ({ audio, system }: Context, query: string, fileName = 'audio'): Promise<Response> =>
  postForm(`${system.url}/asr?${query}`, audio, { fileField: 'audio_file', fileName });
const inference = ({ audio, system }: Context, fields: Record<string, string> = {}): Promise<Response> =>
  postForm(`${system.url}/inference`, audio, { fields });
const openai = (
  { audio, system }: Context,
  fields: Record<string, string | string[]> = {},
): Promise<Response> => postForm(`${system.url}/v1/audio/transcriptions`, audio, { fields });

suite(
  'dialects',
  {} as Context,
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({ engine: 'pico' });
      context.audio = new Blob([await readFile(samplePath('numbers.wav'))]);
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('/inference answers as whisper.cpp does', async (context) => {
      assert.equal(JSON.parse(await textOf(await inference(context))), { text: ` ${WORDS}\n` });
      assert.is(await textOf(await inference(context, { response_format: 'text' })), ` ${WORDS}\n`);
      assert.match(await textOf(await inference(context, { response_format: 'vtt' })), /^WEBVTT\n\n/);
      const srt = await inference(context, {
        response_format: 'srt',
        temperature: '0.0',
        temperature_inc: '0.2',
      });
      assert.match(srt.headers.get('content-type') ?? '', 'application/x-subrip');
      assert.match(await textOf(srt), /^1\n00:00:00,/);
      const verbose = JSON.parse(
        await textOf(await inference(context, { response_format: 'verbose_json', language: 'auto' })),
      ) as Record<string, unknown>;
      assert.is(verbose['language'], 'english');
      assert.is(verbose['detected_language'], 'english');
      assert.is((verbose['segments'] as { text: string }[])[0]?.text, ` ${WORDS}`);
      const unknownFormat = await inference(context, { response_format: 'nonsense', unheard_of: '1' });
      assert.equal(JSON.parse(await textOf(unknownFormat)), { text: ` ${WORDS}\n` });
      assert.equal(await (await fetch(`${context.system.url}/health`)).json(), { status: 'ok' });
    });

    test('/asr answers as whisper-asr-webservice does', async (context) => {
      const text = await asr(context, 'encode=true&task=transcribe', 'hello "w" ü.wav');
      assert.match(text.headers.get('content-type') ?? '', 'text/plain');
      assert.is(
        text.headers.get('content-disposition'),
        'attachment; filename="hello%20%22w%22%20%C3%BC.wav.txt"',
      );
      assert.is(text.headers.get('asr-engine'), 'whisper-server');
      assert.is(await textOf(text), `${WORDS}\n`);
      assert.match(await textOf(await asr(context, 'output=srt')), /^1\n00:00:00,/);
      assert.match(await textOf(await asr(context, 'output=vtt')), /^WEBVTT\n\n/);
      assert.match(await textOf(await asr(context, 'output=tsv')), /^start\tend\ttext\n0\t/);
      const json = await asr(context, 'output=json');
      assert.match(json.headers.get('content-type') ?? '', 'text/plain');
      const { language, text: whole } = JSON.parse(await textOf(json)) as Record<string, unknown>;
      assert.equal([language, whole], ['en', WORDS]);
    });

    test('all that, and every format of ours and of OpenAI, from one inference', async (context) => {
      const { audio, system } = context;
      for (const response_format of ['json', 'text', 'srt', 'vtt', 'verbose_json']) {
        const ours = await postForm(`${system.url}/transcribe?model=pico`, audio, {
          fields: { response_format },
        });
        await textOf(ours);
        assert.is(ours.headers.get('x-cache'), 'hit', response_format);
        const theirs = await openai(context, { model: 'whisper-1', response_format, temperature: '0' });
        await textOf(theirs);
        assert.is(theirs.headers.get('x-cache'), 'hit', response_format);
      }
      await eventually(() => inferences(system) === 1);
    });

    test('another option is another inference, the same name with other bytes too', async (context) => {
      const { system } = context;
      const other = await openai(context, { model: 'whisper-1', language: 'en' });
      assert.is(other.headers.get('x-cache'), 'miss');
      await textOf(other);
      const long = new Blob([await readFile(samplePath('long-numbers.wav'))]);
      const otherBytes = await openai({ system, audio: long }, { model: 'whisper-1' });
      assert.is(otherBytes.headers.get('x-cache'), 'miss');
      await textOf(otherBytes);
      await eventually(() => inferences(system) === 3);
    });

    test('the same words in every format, across windows', async ({ system }) => {
      const long = { system, audio: new Blob([await readFile(samplePath('long-numbers.wav'))]) };
      const bodyOf = async (response_format: string): Promise<string> =>
        textOf(await openai(long, { model: 'pico', response_format }));
      const { text } = JSON.parse(await bodyOf('json')) as { text: string };
      const verbose = JSON.parse(await bodyOf('verbose_json')) as {
        text: string;
        segments: { text: string }[];
      };
      assert.is(verbose.text, text);
      assert.is(
        verbose.segments
          .map((segment) => segment.text)
          .join('')
          .trim(),
        text,
      );
      const cues = (await bodyOf('vtt')).split('\n\n').slice(1);
      const words = cues.map((cue) => cue.split('\n').slice(1).join(' '));
      assert.is(words.join(' ').trim(), text);
    });

    test('a recording of no seconds is refused', async ({ audio, system }) => {
      const empty = { system, audio: audio.slice(0, WAV_HEADER_BYTES) };
      const answer = await openai(empty, { model: 'pico' });
      assert.is(answer.status, 415);
      await answer.arrayBuffer();
    });

    test('/detect-language names it twice, from the first window alone', async ({ audio, system }) => {
      const answer = await postForm(`${system.url}/detect-language`, audio, { fileField: 'audio_file' });
      assert.is(answer.headers.get('x-cache'), 'miss', 'the text that is there was another question');
      assert.equal(JSON.parse(await textOf(answer)), {
        detected_language: 'english',
        language_code: 'en',
        confidence: 1,
      });
    });

    test('bare samples: encode=false', async (context) => {
      const samples = new Blob([await context.audio.slice(WAV_HEADER_BYTES).arrayBuffer()]);
      const bare = { ...context, audio: samples };
      assert.is(await textOf(await asr(bare, 'encode=false')), `${WORDS}\n`);
      const language = await postForm(`${context.system.url}/detect-language?encode=false`, samples, {
        fileField: 'audio_file',
      });
      assert.is((JSON.parse(await textOf(language)) as { language_code: string }).language_code, 'en');
      const empty = await asr({ ...context, audio: new Blob([]) }, 'encode=false');
      assert.is(empty.status, 400);
    });

    test('granularities with and without [], file before model, empty fields', async (context) => {
      for (const name of [
        'timestamp_granularities',
        'timestamp_granularities[]',
        'timestamp_granularities[0]',
      ]) {
        const answer = await openai(context, {
          model: 'pico',
          response_format: 'verbose_json',
          prompt: '',
          language: '',
          [name]: 'segment',
        });
        const { segments } = JSON.parse(await textOf(answer)) as { segments: unknown[] };
        assert.is(segments.length, 1, name);
      }
    });

    test('an unknown field is ignored where the dialect does; what cannot be had is said', async (context) => {
      await textOf(await openai(context, { model: 'pico', unheard_of: '1' }));
      const refused = async (fields: Record<string, string | string[]>): Promise<string | null> => {
        const answer = await openai(context, { model: 'pico', ...fields });
        const { error } = (await answer.json()) as { error: { param: string | null } };
        assert.is(answer.status, 400);
        return error.param;
      };
      assert.is(await refused({ response_format: 'diarized_json' }), 'response_format');
      assert.is(await refused({ response_format: 'tsv' }), 'response_format');
      assert.is(await refused({ temperature: '1.1' }), 'temperature');
      assert.is(await refused({ temperature: 'hot' }), 'temperature');
      assert.is(await refused({ language: 'EN' }), 'language');
      assert.is(await refused({ 'include[]': 'logprobs' }), 'include');
      assert.is(await refused({ 'known_speaker_names[]': ['a'] }), 'known_speaker_names');
      assert.is(await refused({ stream: 'maybe' }), 'stream');
      assert.is(await refused({ stream: 'true', response_format: 'srt' }), 'stream');
      assert.is(await refused({ chunking_strategy: 'nonsense' }), 'chunking_strategy');
      assert.is(await refused({ 'chunking_strategy[type]': 'other' }), 'chunking_strategy');
      assert.is(
        await refused({ 'chunking_strategy[type]': 'server_vad', 'chunking_strategy[threshold]': '2' }),
        'chunking_strategy',
      );
    });

    test('errors in the words of each dialect, on every path', async (context) => {
      const { audio, system } = context;
      const told = async (response: Response): Promise<unknown> => {
        assert.match(response.headers.get('x-request-id') ?? '', REQUEST_ID);
        return [response.status, await response.json()];
      };
      const openaiError = (message: string, param: string | null, code: string): object => ({
        error: { message, type: 'invalid_request_error', param, code },
      });
      assert.equal(await told(await fetch(`${system.url}/v1/nowhere`)), [
        404,
        openaiError('there is nothing here', null, 'unknown_url'),
      ]);
      assert.equal(await told(await fetch(`${system.url}/v1/audio/transcriptions`)), [
        405,
        openaiError('not with this method', null, 'method_not_allowed'),
      ]);
      const noForm = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };
      assert.equal(await told(await fetch(`${system.url}/v1/audio/translations`, noForm)), [
        415,
        openaiError('send the audio as multipart/form-data', null, 'unsupported_content_type'),
      ]);
      assert.equal(await told(await inference(context, { temperature: 'hot' })), [
        400,
        { error: 'temperature: must be a number' },
      ]);
      assert.equal(await told(await postForm(`${system.url}/asr`, audio)), [
        422,
        {
          detail: [
            {
              type: 'value_error',
              loc: ['body', 'audio_file'],
              msg: 'send the audio as the form field "audio_file"',
            },
          ],
        },
      ]);
      assert.equal(await told(await asr(context, 'output=pdf')), [
        422,
        {
          detail: [
            {
              type: 'value_error',
              loc: ['query', 'output'],
              msg: 'output: must be one of txt, vtt, srt, tsv, json',
            },
          ],
        },
      ]);
      const rubbish = { ...context, audio: new Blob(['no audio']) };
      assert.equal(await told(await asr(rubbish, '')), [
        415,
        { detail: 'the file is not audio that can be decoded' },
      ]);
    });
  },
  { timeoutMs: 120_000 },
);
