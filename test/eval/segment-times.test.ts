import * as assert from 'uvu/assert';
import { suite } from '../helpers/suite.ts';
import { measureTimes } from './segment-times.ts';

const span = (startSeconds: number, endSeconds: number): { startSeconds: number; endSeconds: number } => ({
  startSeconds,
  endSeconds,
});

suite('segment times', {}, (test) => {
  test('a sentence is set against the segment that overlaps it most', () => {
    const { starts, ends, missed } = measureTimes([span(0, 2), span(3, 5)], [span(0.25, 2.5), span(2.5, 5)]);
    assert.equal({ starts, ends, missed }, { starts: [0.25, 0.5], ends: [0.5, 0], missed: 0 });
  });

  test('sentences that share a segment are missed, and so is one that nothing overlaps', () => {
    const { starts, missed } = measureTimes([span(0, 2), span(3, 5), span(8, 9)], [span(0, 5)]);
    assert.equal({ starts, missed }, { starts: [], missed: 3 });
  });
});
