import * as assert from 'uvu/assert';
import { suite } from '../helpers/suite.ts';
import { countWordErrors, rateOf, sumOf } from './word-errors.ts';

suite('word errors', {}, (test) => {
  test('count words that were changed, added and left out', () => {
    assert.equal(countWordErrors('turn the light on', 'turn a light'), { errors: 2, words: 4 });
    assert.equal(countWordErrors('nine', 'nine nine two'), { errors: 2, words: 1 });
  });

  test('are none where only case and punctuation differ', () => {
    assert.equal(countWordErrors("Don't stop, please.", "don't stop please"), { errors: 0, words: 3 });
  });

  test('are all words where nothing was heard, and what was heard where nothing was said', () => {
    assert.equal(countWordErrors('four nine', ''), { errors: 2, words: 2 });
    assert.equal(countWordErrors('', 'thank you'), { errors: 2, words: 0 });
  });

  test('are summed over files before they are divided, so that long files weigh more', () => {
    assert.is(
      rateOf(
        sumOf([
          { errors: 1, words: 1 },
          { errors: 0, words: 9 },
        ]),
      ),
      0.1,
    );
  });
});
