import * as assert from 'uvu/assert';
import { jobIdSchema, modelNameSchema } from '@whisper/shared/contracts/identifiers';
import { audioBlobKey } from '@whisper/shared/contracts/job';
import { jobEvent } from '@whisper/shared/contracts/job-event';
import { jobSubmitted } from '@whisper/shared/contracts/job-submitted';
import { classOf } from '@whisper/shared/contracts/model-priority';
import { resultKey } from '@whisper/shared/contracts/result-key';
import { DEFAULT_OPTIONS, type TranscriptionOptions } from '@whisper/shared/contracts/transcription-options';
import { suite } from '../helpers/suite.ts';

const SHA = 'a'.repeat(64);
const HOSTILE = ['', '*', '>', 'a.b', 'a b', 'a\r\nb', '../x', 'ä', 'x'.repeat(65), '.'];

const keyOf = (model: string, options: Partial<TranscriptionOptions> = {}, tenant = 'default'): string =>
  resultKey({ tenant, audioSha256: SHA, model, options: { ...DEFAULT_OPTIONS, ...options } });

suite('contracts', {}, (test) => {
  test('subjects and keys cannot be injected into', () => {
    for (const id of HOSTILE) {
      assert.not(jobIdSchema.safeParse(id).success, JSON.stringify(id));
      assert.throws(() => jobEvent.subject({ kind: 'completed', jobId: id }));
      assert.throws(() => audioBlobKey({ tenant: 'default', audio: { sha256: id, sizeBytes: 1 } }));
      assert.throws(() => audioBlobKey({ tenant: id, audio: { sha256: SHA, sizeBytes: 1 } }));
    }
    for (const name of ['', '..', 'a..b', '.a', 'a.', 'a/b', 'A', 'a*', 'a b']) {
      assert.not(modelNameSchema.safeParse(name).success, name);
      assert.throws(() => keyOf(name));
    }
  });

  test('only options that depart from their defaults are in the result key', () => {
    assert.is(keyOf('tiny.en'), `${SHA}.tiny.en`);
    const english = keyOf('tiny', { language: 'en' });
    assert.match(english, /^a{64}\.tiny\.[0-9a-f]{16}$/);
    assert.is.not(english, keyOf('tiny', { language: 'de' }));
    assert.is(keyOf('tiny', { temperatures: [...DEFAULT_OPTIONS.temperatures] }), `${SHA}.tiny`);
    assert.match(keyOf('tiny', { temperatures: [0] }), /^a{64}\.tiny\.[0-9a-f]{16}$/);
  });

  test('tenants share neither results nor audio, and no key tells another tenant what it is of', () => {
    const acme = keyOf('tiny', {}, 'acme');
    assert.match(acme, /^[0-9a-f]{64}\.tiny$/);
    assert.is(acme, keyOf('tiny', {}, 'acme'));
    assert.not.match(acme, SHA);
    assert.is.not(acme, keyOf('tiny', {}, 'globex'));
    const audio = { sha256: SHA, sizeBytes: 1 };
    assert.is(audioBlobKey({ tenant: 'default', audio }), `audio/${SHA}`);
    assert.is(audioBlobKey({ tenant: 'acme', audio }), `audio/acme/${SHA}`);
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
