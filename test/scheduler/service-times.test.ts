import * as assert from 'uvu/assert';
import type { WorkerPresence } from '@whisper/shared/contracts/worker-presence';
import { createLineFit } from '@whisper/scheduler/outlook/line-fit';
import { createServiceTimes } from '@whisper/scheduler/outlook/service-times';
import { suite } from '../helpers/suite.ts';
import { testJob } from '../helpers/test-jobs.ts';

const near = (value: number | undefined, wanted: number, tolerance: number): void => {
  assert.ok(Math.abs((value ?? NaN) - wanted) <= tolerance, `${value ?? 'nothing'} is not near ${wanted}`);
};

const job = (sizeBytes: number): ReturnType<typeof testJob> =>
  testJob({ jobId: 'a', audio: { sha256: 'a'.repeat(64), sizeBytes } });

const worker = (secondsPerJob: number, jobs: number): WorkerPresence => ({
  ...{ version: 1, workerId: 'w', lane: 'gpu', device: 'card', slots: [], localModels: [], loadedModels: [] },
  speeds: [{ model: 'tiny', audioSecondsPerSecond: 10, secondsPerJob, jobs }],
  startedAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
});

suite('service times', {}, (test) => {
  test('a line is found again, also through noise', () => {
    const fit = createLineFit();
    for (let n = 0; n < 200; n++) fit.add(n % 50, 2 + 0.3 * (n % 50) + ((n * 7) % 5) / 10 - 0.2);
    near(fit.at(10), 5, 0.3);
    near(fit.at(40), 14, 0.3);
  });

  test('one size tells a mean; nothing tells nothing', () => {
    const fit = createLineFit();
    assert.is(fit.at(5), undefined);
    for (let n = 0; n < 20; n++) fit.add(1_000, 4);
    near(fit.at(1_000), 4, 1e-9);
    near(fit.at(9_000), 4, 1e-9);
  });

  test('it follows a change, and one absurd sample does not carry it away', () => {
    const fit = createLineFit();
    for (let n = 0; n < 50; n++) fit.add(1_000, 2);
    fit.add(1_000, 3_600);
    near(fit.at(1_000), 2, 1);
    for (let n = 0; n < 150; n++) fit.add(1_000, 6);
    near(fit.at(1_000), 6, 0.3);
  });

  test('never below zero, never falling with size', () => {
    const fit = createLineFit();
    for (let n = 1; n <= 40; n++) fit.add(n, 100 - n);
    near(fit.at(1_000), 80, 15);
    const steep = createLineFit();
    for (let n = 1; n <= 40; n++) steep.add(n + 100, n);
    assert.ok((steep.at(1) ?? -1) >= 0);
  });

  test('measured, else as the workers tell, else a guess by class and lane', () => {
    const workers: WorkerPresence[] = [];
    const times = createServiceTimes({ workers: () => workers, classOf: () => 'light' });
    assert.is(times.secondsOf(job(1_000), 'cpu'), 5);
    workers.push(worker(2, 1), worker(4, 3));
    assert.is(times.secondsOf(job(1_000), 'gpu'), 3.5);
    times.add(job(1_000), 'gpu', 9);
    assert.is(times.secondsOf(job(1_000), 'gpu'), 9);
    assert.equal(times.speeds(), [{ model: 'tiny', lane: 'gpu', secondsPerJob: 9, jobs: 1 }]);
  });
});
