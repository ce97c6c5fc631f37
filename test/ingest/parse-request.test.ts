import * as assert from 'uvu/assert';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { OPTION_FIELDS } from '@whisper/shared/contracts/option-fields';
import { DEFAULT_OPTIONS, type TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
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
      options: DEFAULT_OPTIONS,
      priority: 'normal',
    });
  });

  test('a form field wins over the query; whisper-1 is the default model', () => {
    assert.is(parseRequest({ model: 'pico' }, { model: 'tiny.en' }, models).model, 'tiny.en');
    assert.is(parseRequest({ model: 'whisper-1' }, {}, models).model, 'base');
  });

  test('what is not known is named, and what is known is listed', () => {
    assert.is(failure({ beam: '5' }, {}).field, 'beam');
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

suite('reading options from text', {}, (test) => {
  const optionsOf = (query: unknown): TranscriptionOptions => parseRequest(query, {}, models).options;

  test('numbers, flags and lists come as text', () => {
    const { options } = parseRequest(
      { beam_size: '5', patience: '1.5', word_timestamps: 'true', temperature: ['0', '0.4'] },
      { clip_timestamps: '0, 1.5,2', suppress_tokens: '', logprob_threshold: 'None', prefix: '' },
      models,
    );
    assert.equal(options, {
      ...DEFAULT_OPTIONS,
      beamSize: 5,
      patience: 1.5,
      wordTimestamps: true,
      temperatures: [0, 0.4],
      clipTimestampsSeconds: [0, 1.5, 2],
      suppressTokens: [],
      logprobThreshold: null,
    });
    assert.equal(optionsOf({ 'allowed_languages[]': ['de', 'en'] }).allowedLanguages, ['de', 'en']);
    assert.is(optionsOf({ condition_on_previous_text: 'False' }).conditionOnPreviousText, false);
  });

  test('the text of a default is the default, for every option', () => {
    for (const [option, field] of Object.entries(OPTION_FIELDS)) {
      const value = DEFAULT_OPTIONS[option as keyof TranscriptionOptions];
      if (value === null) continue;
      assert.equal(optionsOf({ [field]: String(value) }), DEFAULT_OPTIONS, field);
    }
  });

  for (const [query, field] of [
    [{ beam_size: 'five' }, 'beam_size'],
    [{ beam_size: '' }, 'beam_size'],
    [{ beam_size: '2.5' }, 'beam_size'],
    [{ beam_size: '17' }, 'beam_size'],
    [{ temperature: '0,x' }, 'temperature'],
    [{ temperature: '' }, 'temperature'],
    [{ suppress_blank: 'yes' }, 'suppress_blank'],
    [{ initial_prompt: ['a', 'b'] }, 'initial_prompt'],
    [{ no_speech_threshold: '1.1' }, 'no_speech_threshold'],
    [{ length_penalty: 'Infinity' }, 'length_penalty'],
    [{ patience: '1' }, 'patience'],
    [{ patience: '0.1', beam_size: '5' }, 'patience'],
    [{ best_of: '5', temperature: '0' }, 'best_of'],
    [{ beam_size: '5', temperature: '0.2' }, 'beam_size'],
    [{ language: 'de', allowed_languages: 'en,fr' }, 'language'],
    [{ clip_timestamps: '3,2' }, 'clip_timestamps'],
    [{ clip_timestamps: '0,3,2' }, 'clip_timestamps'],
    [{ carry_initial_prompt: 'true' }, 'carry_initial_prompt'],
    [{ hallucination_silence_threshold: '2' }, 'hallucination_silence_threshold'],
    [{ vad_neg_threshold: '0.9' }, 'vad_neg_threshold'],
    [{ initial_prompt: 'é'.repeat(9_000), hotwords: 'é'.repeat(9_500) }, 'hotwords'],
    [{ suppress_tokens: Array(9_000).fill('50000') }, 'suppress_tokens'],
    [{ batch_size: '8', condition_on_previous_text: 'true' }, 'condition_on_previous_text'],
    [
      { batch_size: '8', word_timestamps: 'true', hallucination_silence_threshold: '2' },
      'hallucination_silence_threshold',
    ],
  ] as const) {
    test(`${JSON.stringify(query).slice(0, 100)} is refused by field`, () => {
      const error = failure(query, {});
      assert.is(error.code, 'invalid_option');
      assert.is(error.field, field);
      assert.match(error.message, field);
    });
  }
});
