import { readFile } from 'node:fs/promises';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { samplePath } from '../helpers/sample-path.ts';
import { startSystem, type System } from '../helpers/start-system.ts';
import { suite } from '../helpers/suite.ts';

const WORDS = 'four nine two seven';

interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly cache: string | null;
  readonly body: string;
}

async function ask(url: string, fields: Readonly<Record<string, string>>): Promise<Answer> {
  const form = new FormData();
  form.set('file', new Blob([await readFile(samplePath('numbers.wav'))]), 'numbers.wav');
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  const response = await fetch(`${url}/transcribe`, { method: 'POST', body: form });
  const type = response.headers.get('content-type')?.split(';')[0];
  return {
    status: response.status,
    type,
    cache: response.headers.get('x-cache'),
    body: await response.text(),
  };
}

const verboseSchema = z.object({
  language: z.string(),
  segments: z.array(z.looseObject({ text: z.string() })),
});

suite(
  'response formats',
  {} as { system: System },
  (test) => {
    test.before(async (context) => {
      context.system = await startSystem({ engine: 'pico' });
    });
    test.after(async ({ system }) => {
      await system[Symbol.asyncDispose]();
    });

    test('json first, then every other format from the one transcript that is stored', async ({ system }) => {
      const json = await ask(system.url, { response_format: 'json' });
      assert.equal([json.type, json.cache], ['application/json', 'miss']);
      assert.is(json.body, `{"text":"${WORDS}"}`);
      const expected = {
        text: ['text/plain', /^four nine two seven\n$/],
        srt: ['application/x-subrip', /^1\n00:00:00,000 --> 00:00:0\d,\d{3}\nfour nine two seven\n\n$/],
        vtt: ['text/vtt', /^WEBVTT\n\n00:00\.000 --> 00:0\d\.\d{3}\nfour nine two seven\n\n$/],
        tsv: ['text/tab-separated-values', /^start\tend\ttext\n0\t\d+\tfour nine two seven\n$/],
      } as const;
      for (const [response_format, [contentType, content]] of Object.entries(expected)) {
        const { type, cache, body } = await ask(system.url, { response_format });
        assert.equal([type, cache], [contentType, 'hit']);
        assert.match(body, content);
      }
      const verbose = await ask(system.url, { response_format: 'verbose_json' });
      assert.equal([verbose.type, verbose.cache], ['application/json', 'hit']);
      const { language, segments } = verboseSchema.parse(JSON.parse(verbose.body));
      assert.is(language, 'english');
      assert.is(
        segments
          .map(({ text }) => text)
          .join('')
          .trim(),
        WORDS,
      );
    });

    test('a format that does not exist is refused by field', async ({ system }) => {
      const { status, body } = await ask(system.url, { response_format: 'docx' });
      assert.is(status, 400);
      assert.match(body, /"field":"response_format"/);
    });
  },
  { timeoutMs: 120_000 },
);
