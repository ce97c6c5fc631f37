import * as assert from 'uvu/assert';
import type { Lane } from '@whisper/shared/contracts/identifiers';
import { chooseLane } from '@whisper/scheduler/scheduling/choose-lane';
import { suite } from '../helpers/suite.ts';

const CASES: readonly (readonly [readonly Lane[], Lane])[] = [
  [[], 'cpu'],
  [['cpu'], 'cpu'],
  [['gpu'], 'gpu'],
  [['gpu', 'cpu'], 'gpu'],
];

suite('choosing a lane', {}, (test) => {
  for (const [alive, lane] of CASES) {
    test(`with workers on ${alive.join(' and ') || 'no lane'}: ${lane}`, () => {
      assert.is(
        chooseLane((each) => alive.includes(each)),
        lane,
      );
    });
  }
});
