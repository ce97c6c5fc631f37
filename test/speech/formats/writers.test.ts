import { readFile } from 'node:fs/promises';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { transcriptSchema } from '@whisper/shared/contracts/transcript';
import { renderText, renderTsv } from '@whisper/speech/formats/plain-text';
import { renderSrt, renderVtt } from '@whisper/speech/formats/subtitles';
import { renderWhisperJson } from '@whisper/speech/formats/whisper-json';
import { suite } from '../../helpers/suite.ts';

const lineOptionsSchema = z.strictObject({
  max_line_width: z.int().optional(),
  max_line_count: z.int().optional(),
  max_words_per_line: z.int().optional(),
  highlight_words: z.boolean().optional(),
});
const goldenSchema = z.object({
  cases: z.array(
    z.strictObject({
      name: z.string(),
      transcript: transcriptSchema,
      text: z.string(),
      tsv: z.string(),
      whisperJson: z.string(),
      subtitles: z.array(z.strictObject({ options: lineOptionsSchema, srt: z.string(), vtt: z.string() })),
    }),
  ),
});
const golden = goldenSchema.parse(
  JSON.parse(await readFile(new URL('../../golden/formats/expected.json', import.meta.url), 'utf8')),
);

suite('writers give what openai/whisper writes, byte by byte', {}, (test) => {
  for (const { name, transcript, text, tsv, whisperJson, subtitles } of golden.cases) {
    test(`${name}: text, tsv and json`, () => {
      assert.is(renderText(transcript), text);
      assert.is(renderTsv(transcript), tsv);
      assert.is(renderWhisperJson(transcript), whisperJson);
    });

    for (const { options, srt, vtt } of subtitles) {
      test(`${name}: srt and vtt with ${JSON.stringify(options)}`, () => {
        const lines = {
          maxLineWidth: options.max_line_width,
          maxLineCount: options.max_line_count,
          maxWordsPerLine: options.max_words_per_line,
          highlightWords: options.highlight_words,
        };
        assert.is(renderSrt(transcript, lines), srt);
        assert.is(renderVtt(transcript, lines), vtt);
      });
    }
  }
});
