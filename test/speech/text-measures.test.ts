import { deflateSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { chooseToken } from '@whisper/speech/decoding/choose-token';
import { logSumExp } from '@whisper/speech/decoding/log-softmax';
import { seededRandom } from '@whisper/speech/decoding/seeded-random';
import { floatToHalf, halfToFloat } from '@whisper/speech/model/half-floats';
import { compressionRatio } from '@whisper/speech/transcript/compression-ratio';
import { suite } from '../helpers/suite.ts';

suite('compression ratio', {}, (test) => {
  test('is above 2.4 for a loop and below it for a sentence', () => {
    assert.ok(compressionRatio('and so on '.repeat(30)) > 2.4);
    assert.ok(compressionRatio('The quick brown fox jumps over the lazy dog.') < 2.4);
  });

  test('counts bytes of UTF-8', () => {
    assert.is(compressionRatio('né'), 3 / deflateSync(Buffer.from('né')).length);
    assert.is(compressionRatio(''), 0);
  });
});

suite('choosing a token', {}, (test) => {
  const logits = Float32Array.of(0, 3, -Infinity, 1);

  test('is greedy at temperature 0, with the log-probability of what was chosen', () => {
    const { id, logprob } = chooseToken(logits, 0, () => 0.99);
    assert.is(id, 1);
    assert.ok(Math.abs(logprob - (3 - Math.log(1 + Math.exp(3) + Math.exp(1)))) < 1e-6);
  });

  test('samples by probability above it, never what is masked', () => {
    const random = seededRandom(7);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 4000; i += 1) {
      const { id } = chooseToken(logits, 1, random);
      counts[id] = (counts[id] ?? 0) + 1;
    }
    const total = logSumExp(logits);
    assert.is(counts[2], 0);
    assert.ok(Math.abs((counts[1] ?? 0) / 4000 - Math.exp(3 - total)) < 0.03);
    assert.ok(Math.abs((counts[0] ?? 0) / 4000 - Math.exp(0 - total)) < 0.03);
  });

  test('repeats itself for the same seed', () => {
    const draw = (seed: number): number[] => Array.from({ length: 5 }, seededRandom(seed));
    assert.equal(draw(5), draw(5));
    assert.not.equal(draw(5), draw(6));
  });
});

suite('half floats', {}, (test) => {
  test('every finite half survives a round trip', () => {
    for (let bits = 0; bits < 0x10000; bits += 1) {
      if (Number.isFinite(halfToFloat(bits))) assert.is(floatToHalf(halfToFloat(bits)), bits);
    }
  });

  test('rounds to the nearest, carries, and overflows to infinity', () => {
    assert.is(halfToFloat(floatToHalf(0.1)), 0.0999755859375);
    assert.is(halfToFloat(floatToHalf(1.9999)), 2);
    assert.is(halfToFloat(floatToHalf(70_000)), Infinity);
    assert.ok(Number.isNaN(halfToFloat(floatToHalf(NaN))));
  });
});
