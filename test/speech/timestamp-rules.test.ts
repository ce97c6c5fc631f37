import * as assert from 'uvu/assert';
import type { SpecialTokens } from '@whisper/speech/model/tokenizer';
import { applyTimestampRules } from '@whisper/speech/decoding/timestamp-rules';
import { suite } from '../helpers/suite.ts';

/** Text 0..9, end of text 10, special 11..19, timestamps 20..39. */
const special: SpecialTokens = {
  endOfText: 10,
  startOfTranscript: 11,
  translate: 12,
  transcribe: 13,
  startOfLanguageModel: 14,
  startOfPrevious: 15,
  noSpeech: 16,
  noTimestamps: 19,
  timestampBegin: 20,
  languages: new Map([['en', 17]]),
};

/** Ids that may follow `sampled`, where the model favours text token 3 and the end over any timestamp. */
function allowedAfter(sampled: readonly number[]): number[] {
  const logits = new Float32Array(40);
  logits[3] = 20;
  logits[special.endOfText] = 20;
  return allowed(logits, sampled);
}

function allowed(logits: Float32Array, sampled: readonly number[]): number[] {
  applyTimestampRules(logits, sampled, { special, maxInitialTimestamp: 5 });
  return [...logits.keys()].filter((id) => logits[id] !== -Infinity);
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

suite('timestamp rules', {}, (test) => {
  test('a decoding starts with a timestamp that is not late', () => {
    assert.equal(allowedAfter([]), range(20, 26));
  });

  test('text follows the first timestamp', () => {
    assert.equal(allowedAfter([20]), range(0, 19));
  });

  test('the second of a pair may repeat the first, end the text or be later', () => {
    assert.equal(allowedAfter([20, 3, 25]), [...range(10, 19), ...range(25, 40)]);
  });

  test('text follows a pair', () => {
    assert.equal(allowedAfter([20, 3, 25, 25]), range(0, 19));
  });

  test('after text a timestamp is later than the last, and the token for none is never chosen', () => {
    assert.equal(allowedAfter([20, 3, 25, 25, 4]), [...range(0, 19), ...range(26, 40)]);
  });

  test('a timestamp must come where timestamps together outweigh every text token', () => {
    const logits = new Float32Array(40);
    logits[3] = 2; // e^2 = 7.4 against 18 timestamps of e^0
    assert.equal(allowed(logits, [20, 3, 4]), range(21, 40));
  });
});
