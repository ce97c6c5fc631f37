import * as assert from 'uvu/assert';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { parseRequest } from '@whisper/ingest/submission/parse-request';
import { suite } from '../helpers/suite.ts';

const models = { defaultModel: 'base', names: () => ['base', 'pico', 'tiny.en'] };

function failure(query: unknown, fields: unknown): PipelineError {
  try {
    parseRequest(query, fields, models);
  } catch (error) {
    if (error instanceof PipelineError) return error;
  }
  throw new Error('this should have failed');
}

suite('reading the parameters of a request', {}, (test) => {
  test('none is the default model with default options', () => {
    assert.equal(parseRequest({}, undefined, models), {
      model: 'base',
      options: { task: 'transcribe', language: null },
      priority: 'normal',
    });
  });

  test('a form field wins over the query; whisper-1 is the default model', () => {
    assert.is(parseRequest({ model: 'pico' }, { model: 'tiny.en' }, models).model, 'tiny.en');
    assert.is(parseRequest({ model: 'whisper-1' }, {}, models).model, 'base');
  });

  test('what is not known is named, and what is known is listed', () => {
    assert.is(failure({ beam_size: '5' }, {}).field, 'beam_size');
    assert.match(failure({ model: 'nope' }, {}).message, 'base, pico, tiny.en');
    assert.is(failure({ language: 'EN' }, {}).code, 'invalid_option');
    assert.is(failure({ model: ['a', 'b'] }, {}).field, 'model');
  });

  test('a request may lower its priority, never raise it', () => {
    assert.is(parseRequest({ priority: 'low' }, {}, models).priority, 'low');
    for (const asked of ['high', 'urgent', '9', '']) {
      assert.is(failure({ priority: asked }, {}).field, 'priority');
      assert.is(failure({}, { priority: asked }).code, 'invalid_option');
    }
  });

  test('hostile names come back harmless', () => {
    const { field, message } = failure({}, JSON.parse('{"__proto__": "x", "a\\r\\nb": "y"}'));
    assert.not.match(`${field ?? ''}${message}`, /[\r\n]/);
    assert.not.match(failure({ model: 'x\u202e\r\n' }, {}).message, /[\r\n\u202e]/);
  });
});
