import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import http from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { listDeadLetters } from '@whisper/shared/jobs/dead-letters';
import { eventually } from '../helpers/eventually.ts';
import { listBlobs } from '../helpers/list-blobs.ts';
import { postAudio, readAnswer, type Posted } from '../helpers/post-audio.ts';
import { samplePath } from '../helpers/sample-path.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

const MAX_AUDIO_SECONDS = '20';
const NAMES = ['../../etc/passwd', 'a%0D%0Ab.wav', '*', '>', '.hidden', 'ü'.repeat(2_000), '-i', 'x".wav'];

const ffmpeg = async (...args: string[]): Promise<void> => {
  await promisify(execFile)(process.env['FFMPEG_BIN'] ?? 'ffmpeg', ['-v', 'error', '-y', ...args]);
};

function expectError(posted: Posted, status: number, code: string, field?: string): void {
  assert.is(posted.status, status);
  assert.is(posted.error?.code, code);
  assert.ok((posted.error?.message ?? '').length > 0);
  assert.is(posted.error?.field, field);
}

async function postForm(url: string, form: FormData, query = ''): Promise<Posted> {
  return readAnswer(await fetch(`${url}/transcribe${query}`, { method: 'POST', body: form }));
}

suite(
  'bad input',
  {} as { system: System; wav: Buffer },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({
        engine: 'pico',
        env: { MAX_AUDIO_SECONDS, UPLOAD_IDLE_SECONDS: '2', MAX_ATTEMPTS: '1' },
      });
      context.wav = await readFile(samplePath('numbers.wav'));
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('no file, an empty one, two, a strange field', async ({ system, wav }) => {
      const only = new FormData();
      only.set('model', 'pico');
      expectError(await postForm(system.url, only), 400, 'missing_file', 'file');
      expectError(await postAudio(system.url, new Blob([])), 400, 'empty_file', 'file');
      const two = new FormData();
      two.append('file', new Blob([wav]), 'a');
      two.append('file', new Blob([wav]), 'b');
      expectError(await postForm(system.url, two), 400, 'too_many_files');
      expectError(
        await postAudio(system.url, new Blob([wav]), { fields: { extra: '1' } }),
        400,
        'unknown_field',
        'extra',
      );
      expectError(
        await postAudio(system.url, new Blob([wav]), { query: '?beam=5' }),
        400,
        'unknown_field',
        'beam',
      );
      const many = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`f${n}`, 'x']));
      expectError(await postAudio(system.url, new Blob([wav]), { fields: many }), 400, 'invalid_request');
    });

    test('an unknown model and one that cannot be had name those that can', async ({ system, wav }) => {
      for (const model of ['nope', '../pico', 'pico.*', 'Pico', '']) {
        const answer = await postAudio(system.url, new Blob([wav]), { fields: { model } });
        expectError(answer, 400, 'unknown_model', 'model');
        assert.match(answer.error?.message ?? '', 'pico');
      }
      const absent = await postAudio(system.url, new Blob([wav]), { query: '?model=medium' });
      expectError(absent, 503, 'model_unavailable', 'model');
      assert.match(absent.error?.message ?? '', 'pico');
    });

    test('what is not audio', async ({ system }) => {
      const directory = system.servers.directory;
      const m4a = join(directory, 'whole.m4a');
      await ffmpeg('-i', samplePath('numbers.wav'), m4a);
      const cut = (await readFile(m4a)).subarray(0, 6_000);
      expectError(await postAudio(system.url, new Blob([cut])), 415, 'undecodable_audio', 'file');
      expectError(
        await postAudio(system.url, new Blob(['just some words'])),
        415,
        'undecodable_audio',
        'file',
      );
      expectError(
        await postAudio(system.url, new Blob(['#EXTM3U\nfile:///etc/passwd'])),
        415,
        'undecodable_audio',
        'file',
      );
      const mute = join(directory, 'mute.mp4');
      await ffmpeg('-f', 'lavfi', '-i', 'color=c=red:s=64x64:r=5', '-t', '1', '-c:v', 'libx264', mute);
      expectError(await postAudio(system.url, mute), 422, 'no_audio_track', 'file');
      const long = join(directory, 'long.ogg');
      await ffmpeg(
        '-f',
        'lavfi',
        '-i',
        'anullsrc=r=16000:cl=mono',
        '-t',
        '120',
        '-c:a',
        'libopus',
        '-b:a',
        '6k',
        long,
      );
      expectError(await postAudio(system.url, long), 413, 'audio_too_long', 'file');
    });

    test('options out of range', async ({ system, wav }) => {
      for (const language of ['EN', 'english', '../', 'e n']) {
        expectError(
          await postAudio(system.url, new Blob([wav]), { fields: { language } }),
          400,
          'invalid_option',
          'language',
        );
      }
      expectError(
        await postAudio(system.url, new Blob([wav]), { fields: { task: 'sing' } }),
        400,
        'invalid_option',
        'task',
      );
      expectError(
        await postAudio(system.url, new Blob([wav]), { fields: { language: 'de' } }),
        400,
        'invalid_option',
        'language',
      );
    });

    test('file names mean nothing, whatever they hold', async ({ system, wav }) => {
      for (const name of NAMES) {
        const form = new FormData();
        form.set('file', new Blob([wav]), name);
        assert.is((await postForm(system.url, form)).text, 'four nine two seven');
      }
    });

    test('2 GB declared is refused before a byte is sent', async ({ system }) => {
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const request = http.request(`${system.url}/transcribe`, {
          method: 'POST',
          headers: {
            'content-type': 'multipart/form-data; boundary=x',
            'content-length': 2 * 1024 ** 3,
            expect: '100-continue',
          },
        });
        request.on('continue', () => {
          reject(new Error('asked for the body'));
        });
        request.on('response', (response) => {
          resolve(response.statusCode);
        });
        request.on('error', reject);
        request.flushHeaders();
      });
      assert.is(status, 413);
    });

    test('a connection cut half-way and one that falls silent leave nothing', async ({ system, wav }) => {
      const { port } = new URL(system.url);
      const head = `POST /transcribe HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=x\r\ncontent-length: ${wav.length + 1_000}\r\n\r\n--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n`;
      const cut = connect(Number(port), '127.0.0.1');
      cut.write(head);
      cut.write(wav.subarray(0, 20_000), () => cut.destroy());
      const silent = connect(Number(port), '127.0.0.1');
      let answer = '';
      silent.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
      silent.write(head);
      silent.write(wav.subarray(0, 20_000));
      await eventually(() => answer.startsWith('HTTP/1.1 408') && answer.includes('upload_timeout'));
      silent.destroy();
    });

    test('bodies that are no form', async ({ system }) => {
      const send = async (type: string, body: string): Promise<Posted> =>
        readAnswer(
          await fetch(`${system.url}/transcribe`, {
            method: 'POST',
            body,
            headers: { 'content-type': type },
          }),
        );
      expectError(await send('application/json', '{}'), 415, 'unsupported_content_type');
      expectError(await send('multipart/form-data', 'x'), 400, 'invalid_request');
      expectError(await send('multipart/form-data; boundary=x', '--x\r\nnonsense'), 400, 'upload_aborted');
      expectError(await readAnswer(await fetch(`${system.url}/nowhere`)), 404, 'not_found');
      expectError(await readAnswer(await fetch(`${system.url}/transcribe`)), 405, 'method_not_allowed');
    });

    test('after all that: no file in a spool, no job in a queue, none left as accepted', async ({
      system,
    }) => {
      const { servers } = system;
      await eventually(
        async () => (await readdir(join(servers.directory, 'spool'), { recursive: true })).length === 2,
      );
      await using bus = await servers.connect();
      for (const stream of ['INTAKE', 'WORK_CPU', 'WORK_GPU']) {
        assert.is((await bus.manager.streams.info(stream)).state.messages, 0, stream);
      }
      const letters = await listDeadLetters(bus);
      assert.equal(
        letters.map(({ letter }) => letter.code),
        ['model_unavailable'],
        'a file at fault leaves no letter, a model that is away does',
      );
      await eventually(async () => (await listBlobs(servers.s3, 'accepted/')).length === 0);
    });
  },
  { timeoutMs: 120_000 },
);
