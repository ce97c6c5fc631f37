import * as assert from 'uvu/assert';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { needsWords, parseRendering } from '@whisper/ingest/submission/parse-rendering';
import { suite } from '../helpers/suite.ts';

function fieldAtFault(given: Record<string, unknown>): string | undefined {
  try {
    parseRendering(given);
  } catch (error) {
    if (error instanceof PipelineError && error.code === 'invalid_option') return error.field;
  }
  throw new Error('this should have failed');
}

suite('reading how an answer is to be written', {}, (test) => {
  test('is json by default', () => {
    const { format, granularities } = parseRendering({ model: 'base' });
    assert.is(format, 'json');
    assert.equal(granularities, ['segment']);
  });

  test('granularities come with and without brackets, once or more', () => {
    for (const name of ['timestamp_granularities', 'timestamp_granularities[]']) {
      assert.equal(parseRendering({ [name]: 'word' }).granularities, ['word']);
      assert.equal(parseRendering({ [name]: ['word', 'segment'] }).granularities, ['word', 'segment']);
      assert.is(fieldAtFault({ [name]: 'letter' }), name);
    }
  });

  test('limits of lines are whole numbers for srt and vtt', () => {
    const given = { response_format: 'srt', max_line_width: '42', highlight_words: 'true' };
    assert.equal(parseRendering(given).lines.maxLineWidth, 42);
    assert.is(parseRendering(given).lines.highlightWords, true);
    for (const max_line_count of ['0', '-1', '1.5', '', '1001', ['1', '2']]) {
      assert.is(fieldAtFault({ response_format: 'vtt', max_line_count }), 'max_line_count');
    }
    assert.is(fieldAtFault({ response_format: 'tsv', max_words_per_line: '3' }), 'max_words_per_line');
    assert.is(fieldAtFault({ response_format: 'srt', highlight_words: 'perhaps' }), 'highlight_words');
    assert.is(fieldAtFault({ response_format: 'diarized_json' }), 'response_format');
  });

  test('words are needed where they are shown or where lines are broken by them', () => {
    const needs = (given: Record<string, unknown>): boolean => needsWords(parseRendering(given));
    assert.is(needs({ response_format: 'verbose_json', timestamp_granularities: ['word', 'segment'] }), true);
    assert.is(needs({ response_format: 'json', timestamp_granularities: 'word' }), false);
    assert.is(needs({ response_format: 'srt' }), false);
    assert.is(needs({ response_format: 'srt', max_line_width: '40' }), true);
    assert.is(needs({ response_format: 'vtt', highlight_words: 'false' }), false);
  });
});
