import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { postAudio } from '../helpers/post-audio.ts';
import { samplePath } from '../helpers/sample-path.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

const WORDS = 'four nine two seven';
const LONG_WORDS =
  'four eight two zero four nine two seven six seven eight nine zero one two three four five';
const AUDIO_ONLY = ['mp3', 'm4a', 'flac', 'ogg', 'opus'] as const;
const VIDEO = { webm: ['libvpx', 'libopus'], mp4: ['libx264', 'aac'] } as const;

const ffmpeg = async (...args: string[]): Promise<void> => {
  await promisify(execFile)(process.env['FFMPEG_BIN'] ?? 'ffmpeg', ['-v', 'error', '-y', ...args]);
};

suite(
  'upload to text',
  {} as { system: System },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({ engine: 'pico' });
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('a wav file goes in and its words come out, as the Python server gave them', async ({ system }) => {
      const form = new FormData();
      form.set('file', new Blob([await readFile(samplePath('numbers.wav'))]), 'numbers.wav');
      const answer = await fetch(`${system.url}/transcribe?model=pico`, { method: 'POST', body: form });
      assert.is(answer.status, 200);
      assert.is(answer.headers.get('x-cache'), 'miss');
      assert.match(answer.headers.get('content-type') ?? '', 'application/json');
      assert.is(await answer.text(), `{"text":"${WORDS}"}`);
    });

    test('the same file again is a cache hit that no worker sees', async ({ system }) => {
      const again = await postAudio(system.url, samplePath('numbers.wav'));
      assert.is(again.text, WORDS);
      assert.is(again.headers.get('x-cache'), 'hit');
      assert.is(again.headers.get('x-job-id'), null);
    });

    for (const format of AUDIO_ONLY) {
      test(`${format} says the same words`, async ({ system }) => {
        const path = join(system.servers.directory, `numbers.${format}`);
        const rate = format === 'opus' ? ['-ar', '48000'] : [];
        await ffmpeg('-i', samplePath('numbers.wav'), ...rate, path);
        assert.is((await postAudio(system.url, path)).text, WORDS);
      });
    }

    for (const [format, [video, audio]] of Object.entries(VIDEO)) {
      test(`a ${format} video says the same words`, async ({ system }) => {
        const path = join(system.servers.directory, `video.${format}`);
        const picture = ['-f', 'lavfi', '-i', 'color=c=blue:s=160x120:r=10'];
        await ffmpeg(
          ...picture,
          '-i',
          samplePath('numbers.wav'),
          '-shortest',
          '-c:v',
          video,
          '-c:a',
          audio,
          path,
        );
        assert.is((await postAudio(system.url, path)).text, WORDS);
      });
    }

    test('audio of several windows comes out whole', async ({ system }) => {
      const { text } = await postAudio(system.url, samplePath('long-numbers.wav'));
      assert.is(text, LONG_WORDS);
    });

    test('another option is another result; the default named is the default', async ({ system }) => {
      const english = await postAudio(system.url, samplePath('numbers.wav'), { query: '?language=en' });
      assert.is(english.headers.get('x-cache'), 'miss');
      assert.is(english.text, WORDS);
      const named = await postAudio(system.url, samplePath('numbers.wav'), {
        fields: { model: 'whisper-1' },
      });
      assert.is(named.headers.get('x-cache'), 'hit');
    });

    test('/status tells queues, models, workers and cache, to programs and to people', async ({ system }) => {
      const status = z
        .object({
          queues: z.object({ cpu: z.object({ light: z.object({ queued: z.int(), running: z.int() }) }) }),
          models: z.object({ pico: z.object({ class: z.literal('light') }) }),
          workers: z
            .array(z.object({ lane: z.literal('cpu'), slots: z.array(z.object({ state: z.string() })) }))
            .length(1),
          cache: z.object({ hit: z.int().positive(), miss: z.int().positive() }),
        })
        .parse(await (await fetch(`${system.url}/status`)).json());
      assert.is(status.workers[0]?.slots.length, 2);
      const page = await fetch(`${system.url}/status`, { headers: { accept: 'text/html' } });
      assert.match(page.headers.get('content-type') ?? '', 'text/html');
      assert.match(await page.text(), '<td>pico</td>');
    });

    test('livez and readyz answer 200', async ({ system }) => {
      assert.is((await fetch(`${system.url}/livez`)).status, 200);
      assert.equal(await (await fetch(`${system.url}/readyz`)).json(), {
        ready: true,
        workers: 1,
      });
    });
  },
  { timeoutMs: 120_000 },
);
