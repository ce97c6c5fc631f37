import * as assert from 'uvu/assert';
import { jobIdSchema, modelNameSchema } from '@whisper/shared/contracts/identifiers';
import { audioBlobKey } from '@whisper/shared/contracts/job';
import { jobEvent } from '@whisper/shared/contracts/job-event';
import { jobSubmitted } from '@whisper/shared/contracts/job-submitted';
import { classOf } from '@whisper/shared/contracts/model-priority';
import { resultKey } from '@whisper/shared/contracts/result-key';
import { DEFAULT_OPTIONS } from '@whisper/shared/contracts/transcription-options';
import { suite } from '../helpers/suite.ts';

const SHA = 'a'.repeat(64);
const HOSTILE = ['', '*', '>', 'a.b', 'a b', 'a\r\nb', '../x', 'ä', 'x'.repeat(65), '.'];

suite('contracts', {}, (test) => {
  test('subjects and keys cannot be injected into', () => {
    for (const id of HOSTILE) {
      assert.not(jobIdSchema.safeParse(id).success, JSON.stringify(id));
      assert.throws(() => jobEvent.subject({ kind: 'completed', jobId: id }));
      assert.throws(() => audioBlobKey(id));
    }
    for (const name of ['', '..', 'a..b', '.a', 'a.', 'a/b', 'A', 'a*', 'a b']) {
      assert.not(modelNameSchema.safeParse(name).success, name);
      assert.throws(() => resultKey(SHA, name, DEFAULT_OPTIONS));
    }
  });

  test('only options that depart from their defaults are in the result key', () => {
    assert.is(resultKey(SHA, 'tiny.en', DEFAULT_OPTIONS), `${SHA}.tiny.en`);
    const english = resultKey(SHA, 'tiny', { ...DEFAULT_OPTIONS, language: 'en' });
    assert.match(english, /^a{64}\.tiny\.[0-9a-f]{16}$/);
    assert.is.not(english, resultKey(SHA, 'tiny', { ...DEFAULT_OPTIONS, language: 'de' }));
    const sameList = { ...DEFAULT_OPTIONS, temperatures: [...DEFAULT_OPTIONS.temperatures] };
    assert.is(resultKey(SHA, 'tiny', sameList), `${SHA}.tiny`);
    const shorter = resultKey(SHA, 'tiny', { ...DEFAULT_OPTIONS, temperatures: [0] });
    assert.match(shorter, /^a{64}\.tiny\.[0-9a-f]{16}$/);
  });

  test('a message that is not of its schema is neither sent nor taken', () => {
    assert.throws(() => jobSubmitted.decode(new TextEncoder().encode('{"jobId": 1}')), /does not parse/);
    assert.throws(() => jobSubmitted.decode(Uint8Array.from([0xff, 0xfe])), /not JSON/);
    assert.throws(() => jobSubmitted.encode({} as never));
  });

  test('models fall into classes by their number; an operator may move them', () => {
    const classes = ['pico', 'tiny', 'base', 'small', 'medium', 'large-v3', 'unheard-of'].map((name) =>
      classOf(name, {}),
    );
    assert.equal(classes, ['light', 'light', 'light', 'medium', 'medium', 'heavy', 'heavy']);
    assert.is(classOf('large-v3', { 'large-v3': 1 }), 'light');
  });
});
