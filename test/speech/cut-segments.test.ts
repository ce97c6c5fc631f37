import * as assert from 'uvu/assert';
import { cutSegments, type CutWindow } from '@whisper/speech/transcript/cut-segments';
import { suite } from '../helpers/suite.ts';

const BEGIN = 100;
const stamp = (steps: number): number => BEGIN + steps;
const cut = (tokens: readonly number[], contentFrames = 3000): CutWindow =>
  cutSegments(tokens, { timestampBegin: BEGIN, contentFrames, framesPerStep: 2 });

suite('cut segments', {}, (test) => {
  test('without timestamps the window is one segment', () => {
    const tokens = [1, 2];
    assert.equal(cut(tokens), {
      cuts: [{ startFrame: 0, endFrame: 3000, tokens }],
      advanceFrames: 3000,
      endsInTimestamp: false,
    });
  });

  test('a lone timestamp ends the one segment, and the rest of the window is skipped', () => {
    const tokens = [stamp(0), 1, 2, stamp(50)];
    assert.equal(cut(tokens), {
      cuts: [{ startFrame: 0, endFrame: 100, tokens }],
      advanceFrames: 3000,
      endsInTimestamp: true,
    });
  });

  test('a timestamp of zero ends nothing', () => {
    assert.is(cut([stamp(0), 1], 500).cuts[0]?.endFrame, 500);
  });

  test('text after the last pair is left to the next window', () => {
    const { cuts, advanceFrames } = cut([stamp(0), 1, stamp(50), stamp(50), 2, stamp(80), stamp(90), 3]);
    assert.equal(cuts, [
      { startFrame: 0, endFrame: 100, tokens: [stamp(0), 1, stamp(50)] },
      { startFrame: 100, endFrame: 160, tokens: [stamp(50), 2, stamp(80)] },
    ]);
    assert.is(advanceFrames, 160);
  });

  test('a pair at the end moves on to its timestamp', () => {
    const { cuts, advanceFrames } = cut([stamp(0), 1, stamp(50), stamp(50)]);
    assert.is(cuts.length, 1);
    assert.is(advanceFrames, 100);
  });

  test('a lone timestamp after pairs keeps the last segment and skips the rest', () => {
    const { cuts, advanceFrames } = cut([stamp(0), 1, stamp(50), stamp(60), 2, stamp(80)], 1234);
    assert.equal(cuts.at(-1), { startFrame: 120, endFrame: 160, tokens: [stamp(60), 2, stamp(80)] });
    assert.is(advanceFrames, 1234);
  });

  test('always moves on', () => {
    assert.is(cut([stamp(0), stamp(0)], 700).advanceFrames, 700);
    assert.is(cut([], 700).advanceFrames, 700);
  });
});
