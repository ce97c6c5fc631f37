import * as assert from 'uvu/assert';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { readParameters, type RequestParameters } from '@whisper/ingest/submission/read-parameters';
import { suite } from '../helpers/suite.ts';

const models = { defaultModel: 'base', names: () => ['base', 'pico'] };
const read = (fields: Record<string, unknown>, query: Record<string, unknown> = {}): RequestParameters =>
  readParameters(query, fields, models);

suite('reading everything a request says', {}, (test) => {
  test('a format changes nothing about what is computed', () => {
    assert.equal(read({ response_format: 'vtt' }).request, read({}).request);
    assert.is(read({ response_format: 'vtt' }, { response_format: 'srt' }).rendering.format, 'vtt');
  });

  test('words are timed where the answer needs them, and only there', () => {
    const asked = { response_format: 'verbose_json', 'timestamp_granularities[]': ['word'] };
    assert.is(read(asked).request.options.wordTimestamps, true);
    assert.is(read({ ...asked, response_format: 'json' }).request.options.wordTimestamps, false);
    assert.is(read({ response_format: 'srt', max_line_count: '2' }).request.options.wordTimestamps, true);
  });

  test('an answer that needs words cannot do without', () => {
    const asked = { response_format: 'srt', highlight_words: 'true', word_timestamps: 'false' };
    assert.throws(
      () => read(asked),
      (error: unknown) => error instanceof PipelineError && error.field === 'word_timestamps',
    );
  });

  test('the rendering knows the task', () => {
    assert.is(read({ task: 'translate' }).rendering.task, 'translate');
  });

  test('an unknown parameter is answered with the names of all', () => {
    assert.throws(() => read({ nope: '1' }), /response_format.*beam_size/);
  });
});
