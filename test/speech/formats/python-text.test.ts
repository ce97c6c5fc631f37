import * as assert from 'uvu/assert';
import { floatLiteral, lengthOf, strip } from '@whisper/speech/formats/python-text';
import { formatTimestamp } from '@whisper/speech/formats/timestamp';
import { seededRandom } from '@whisper/speech/decoding/seeded-random';
import { suite } from '../../helpers/suite.ts';

suite('text and numbers as Python has them', {}, (test) => {
  test('floats keep their point and turn to exponents where repr() does', () => {
    const literals = [0, 1, -0.5, 1e-4, 9.9e-5, 123456789012345.6, 1e16, 1.5e-7, 1e22, -0].map(floatLiteral);
    assert.equal(literals, [
      '0.0', '1.0', '-0.5', '0.0001', '9.9e-05', '123456789012345.6', '1e+16', '1.5e-07', '1e+22', '-0.0',
    ]); // prettier-ignore
  });

  test('a float literal reads back as the same number', () => {
    const random = seededRandom(1);
    for (let i = 0; i < 2000; i += 1) {
      const value = (random() - 0.5) * 10 ** Math.floor(random() * 40 - 20);
      assert.is(Number(floatLiteral(value)), value);
    }
  });

  test('white space is what Python takes for it, length is in characters', () => {
    assert.is(strip('\x1c\u3000 a b\u0085\u2029'), 'a b');
    assert.is(strip('\ufeffa'), '\ufeffa');
    assert.is(lengthOf('🎧é'), 2);
  });

  test('a timestamp reads back within half a millisecond', () => {
    const random = seededRandom(2);
    for (let i = 0; i < 2000; i += 1) {
      const seconds = random() * 10 ** Math.floor(random() * 6);
      const written = formatTimestamp(seconds, { alwaysIncludeHours: true, decimalMarker: '.' });
      const [hours = NaN, minutes = NaN, rest = NaN] = written.split(':').map(Number);
      assert.ok(minutes < 60 && rest < 60);
      assert.ok(Math.abs(hours * 3600 + minutes * 60 + rest - seconds) <= 0.00051, `${seconds}: ${written}`);
    }
  });
});
