import * as assert from 'uvu/assert';
import { createSpeedMeter } from '@whisper/worker/presence/speed-meter';
import { suite } from '../helpers/suite.ts';

suite('speed of a worker', {}, (test) => {
  test('is told for each model, in audio seconds and in seconds a job', () => {
    const meter = createSpeedMeter();
    assert.equal(meter.all(), []);
    meter.add('tiny', { seconds: 2, audioSeconds: 60 });
    meter.add('base', { seconds: 4, audioSeconds: 60 });
    assert.equal(meter.all(), [
      { model: 'tiny', audioSecondsPerSecond: 30, secondsPerJob: 2, jobs: 1 },
      { model: 'base', audioSecondsPerSecond: 15, secondsPerJob: 4, jobs: 1 },
    ]);
  });

  test('follows a change within some jobs, and no single job decides', () => {
    const meter = createSpeedMeter();
    for (let n = 0; n < 20; n++) meter.add('tiny', { seconds: 1, audioSeconds: 10 });
    meter.add('tiny', { seconds: 100, audioSeconds: 10 });
    assert.ok((meter.all()[0]?.secondsPerJob ?? 0) < 21);
    for (let n = 0; n < 20; n++) meter.add('tiny', { seconds: 3, audioSeconds: 10 });
    assert.ok(Math.abs((meter.all()[0]?.secondsPerJob ?? 0) - 3) < 1);
  });

  test('a job that took no time at all breaks nothing', () => {
    const meter = createSpeedMeter();
    meter.add('tiny', { seconds: 0, audioSeconds: 10 });
    assert.is(meter.all()[0]?.audioSecondsPerSecond, 0);
  });
});
