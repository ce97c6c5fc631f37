import * as assert from 'uvu/assert';
import type { Lane, ModelClass } from '@whisper/shared/contracts/identifiers';
import { chooseLane, spillsOver, type LaneOutlook } from '@whisper/scheduler/lanes/choose-lane';
import { suite } from '../helpers/suite.ts';

const NOBODY: LaneOutlook = { slots: 0, waitSeconds: 0, jobSeconds: 1, isLoaded: false };
const lane = (waitSeconds: number, jobSeconds: number, isLoaded = true): LaneOutlook => ({
  ...{ slots: 1, waitSeconds, jobSeconds, isLoaded },
});

/** What is asked, the GPU lane, the CPU lane, where the job goes. */
const CASES: readonly (readonly [string, ModelClass, LaneOutlook, LaneOutlook, Lane])[] = [
  ['nobody lives', 'light', NOBODY, NOBODY, 'cpu'],
  ['nobody lives', 'heavy', NOBODY, NOBODY, 'cpu'],
  ['no GPU worker: everything runs on the CPU', 'heavy', NOBODY, lane(900, 120), 'cpu'],
  ['no CPU worker: everything waits for the GPU', 'light', lane(900, 1), NOBODY, 'gpu'],
  ['both idle', 'light', lane(0, 1), lane(0, 5), 'gpu'],
  ['both idle', 'heavy', lane(0, 10), lane(0, 120), 'gpu'],
  ["the GPU's wait is shorter than the CPU's work", 'light', lane(4, 1), lane(0, 5), 'gpu'],
  ["the GPU's wait is longer than the CPU's work", 'light', lane(6, 1), lane(0, 5), 'cpu'],
  ["the GPU's wait is longer than the CPU's work", 'medium', lane(21, 3), lane(0, 20), 'cpu'],
  ["the CPU's own wait counts too", 'light', lane(6, 1), lane(2, 5), 'gpu'],
  ['the same waits', 'heavy', lane(6, 10), lane(0, 12), 'gpu'],
  ['heavy, the CPU is done a little sooner', 'heavy', lane(100, 10), lane(0, 60), 'gpu'],
  ['heavy, the CPU is done in less than half the time', 'heavy', lane(300, 10), lane(0, 120), 'cpu'],
  ['loaded on the CPU only, short wait', 'light', lane(0, 1, false), lane(2, 5), 'cpu'],
  ['loaded on the CPU only, long wait', 'light', lane(0, 1, false), lane(8, 5), 'gpu'],
  ['loaded on the GPU only, short wait', 'light', lane(4, 1), lane(0, 2, false), 'gpu'],
  ['loaded on the GPU only, long wait', 'light', lane(8, 1), lane(0, 2, false), 'cpu'],
  ['heavy, loaded on the CPU only', 'heavy', lane(0, 10, false), lane(0, 120), 'gpu'],
  ['loaded nowhere', 'light', lane(0, 1, false), lane(0, 5, false), 'gpu'],
];

suite('choosing a lane', {}, (test) => {
  for (const [what, modelClass, gpu, cpu, wanted] of CASES) {
    const name = `${what}: ${modelClass}, gpu ${gpu.waitSeconds}+${gpu.jobSeconds}, cpu ${cpu.waitSeconds}+${cpu.jobSeconds}`;
    test(`${name} → ${wanted}`, () => {
      assert.is(chooseLane(modelClass, { gpu, cpu }), wanted);
    });
  }

  test('the last of a backlog spills over where it gains, and only to a slot that is free', () => {
    assert.ok(spillsOver(lane(0, 20), 21));
    assert.not(spillsOver(lane(0, 20), 19));
    assert.not(spillsOver(lane(1, 20), 100));
    assert.not(spillsOver(NOBODY, 100));
  });
});
