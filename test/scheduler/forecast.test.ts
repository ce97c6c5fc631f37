import * as assert from 'uvu/assert';
import { byClass, type Lane, type ModelClass } from '@whisper/shared/contracts/identifiers';
import { DEFAULT_CLASS_WEIGHTS } from '@whisper/shared/contracts/settings';
import {
  forecast,
  type BacklogJob,
  type ForecastInput,
  type ForecastLane,
} from '@whisper/scheduler/outlook/forecast';
import { suite } from '../helpers/suite.ts';

const NO_JOBS = byClass(() => []);
const lane = (slots: number, part: Partial<ForecastLane> = {}): ForecastLane => ({
  ...{ slots, reserved: 0, running: [], waiting: NO_JOBS },
  ...part,
});

function backlogOf(
  modelClass: ModelClass,
  jobs: number,
  seconds: Record<Lane, number>,
): readonly BacklogJob[] {
  return Array.from({ length: jobs }, (_, n) => ({ jobId: `${modelClass}-${n}`, secondsOn: seconds }));
}

function input(part: Partial<ForecastInput>): ForecastInput {
  return {
    ...{ lanes: { gpu: lane(0), cpu: lane(1) }, backlog: NO_JOBS, weights: DEFAULT_CLASS_WEIGHTS },
    arrivals: byClass(() => undefined),
    ...part,
  };
}

suite('forecast', {}, (test) => {
  test('one slot, one class: positions count up, each starts when the one before ends', () => {
    const { places, classes } = forecast(
      input({
        lanes: {
          gpu: lane(0),
          cpu: lane(1, { running: [{ jobId: 'now', modelClass: 'light', seconds: 3 }] }),
        },
        backlog: { ...NO_JOBS, light: backlogOf('light', 3, { gpu: 1, cpu: 10 }) },
      }),
    );
    assert.equal(places.get('now'), {
      ...{ phase: 'running', modelClass: 'light', lane: 'cpu', position: 0 },
      ...{ startsInSeconds: 0, etaSeconds: 3 },
    });
    assert.equal(places.get('light-2'), {
      ...{ phase: 'backlog', modelClass: 'light', lane: 'cpu', position: 3 },
      ...{ startsInSeconds: 23, etaSeconds: 33 },
    });
    assert.equal(classes.light, { drainSeconds: 23, secondsPerJob: 33 / 4, nextEndSeconds: 3 });
    assert.equal(classes.heavy, {});
  });

  test('what a lane has been given goes before the backlog', () => {
    const given = [{ jobId: 'given', modelClass: 'light' as const, seconds: 5 }];
    const { places } = forecast(
      input({
        lanes: { gpu: lane(0), cpu: lane(1, { waiting: { ...NO_JOBS, light: given } }) },
        backlog: { ...NO_JOBS, light: backlogOf('light', 1, { gpu: 1, cpu: 1 }) },
      }),
    );
    assert.is(places.get('given')?.phase, 'assigned');
    assert.is(places.get('given')?.position, 1);
    assert.is(places.get('light-0')?.startsInSeconds, 5);
  });

  test('classes share the slots by their weights: a heavy job starts among the light ones', () => {
    const { places } = forecast(
      input({
        backlog: {
          ...NO_JOBS,
          light: backlogOf('light', 100, { gpu: 1, cpu: 1 }),
          heavy: backlogOf('heavy', 5, { gpu: 1, cpu: 1 }),
        },
      }),
    );
    assert.ok((places.get('heavy-0')?.startsInSeconds ?? Infinity) <= 12);
    assert.is(places.get('heavy-4')?.position, 5);
    assert.ok((places.get('light-99')?.startsInSeconds ?? 0) >= 104 - 12);
  });

  test('light jobs that keep coming push a heavy one back, never one of their own class', () => {
    const backlog = {
      ...NO_JOBS,
      light: backlogOf('light', 2, { gpu: 1, cpu: 1 }),
      heavy: backlogOf('heavy', 3, { gpu: 1, cpu: 1 }),
    };
    const quiet = forecast(input({ backlog })).places;
    const arrivals = { ...byClass(() => undefined), light: { perSecond: 0.9, meanSeconds: 1 } };
    const busy = forecast(input({ backlog, arrivals })).places;
    const startOf = (places: typeof quiet, jobId: string): number =>
      places.get(jobId)?.startsInSeconds ?? NaN;
    assert.is(startOf(busy, 'light-1'), startOf(quiet, 'light-1'));
    assert.ok(startOf(busy, 'heavy-2') > startOf(quiet, 'heavy-2') + 5);
    assert.is(busy.size, 5);
  });

  test('slots that are kept for light jobs are not given to heavy ones', () => {
    const heavy = backlogOf('heavy', 6, { gpu: 1, cpu: 10 });
    const { classes } = forecast(
      input({ lanes: { gpu: lane(0), cpu: lane(4, { reserved: 1 }) }, backlog: { ...NO_JOBS, heavy } }),
    );
    assert.is(classes.heavy.drainSeconds, 10);
  });

  test('many slots drain together', () => {
    const { classes } = forecast(
      input({
        lanes: { gpu: lane(0), cpu: lane(4) },
        backlog: { ...NO_JOBS, medium: backlogOf('medium', 8, { gpu: 1, cpu: 6 }) },
      }),
    );
    assert.equal(classes.medium, { drainSeconds: 6, secondsPerJob: 12 / 8, nextEndSeconds: 6 });
  });

  test('beside a GPU a CPU takes from the tail, where that is done sooner', () => {
    const { places } = forecast(
      input({
        lanes: { gpu: lane(1), cpu: lane(1) },
        backlog: { ...NO_JOBS, light: backlogOf('light', 20, { gpu: 1, cpu: 5 }) },
      }),
    );
    const onCpu = [...places].filter(([, place]) => place.lane === 'cpu').map(([jobId]) => jobId);
    assert.ok(onCpu.includes('light-19'));
    assert.not(onCpu.includes('light-0'));
    assert.ok(onCpu.length >= 2 && onCpu.length <= 5, onCpu.join(', '));
  });

  test('nobody lives: an order, but no times', () => {
    const { places, classes } = forecast(
      input({
        lanes: { gpu: lane(0), cpu: lane(0) },
        backlog: { ...NO_JOBS, light: backlogOf('light', 2, { gpu: 1, cpu: 1 }) },
      }),
    );
    assert.equal(places.get('light-1'), { phase: 'backlog', modelClass: 'light', position: 2 });
    assert.equal(classes.light, {});
  });

  test('ten thousand jobs and a hundred slots are done in a moment', () => {
    const startMs = performance.now();
    const { places } = forecast(
      input({
        lanes: { gpu: lane(36), cpu: lane(64) },
        backlog: {
          light: backlogOf('light', 4_000, { gpu: 1, cpu: 5 }),
          medium: backlogOf('medium', 3_000, { gpu: 3, cpu: 20 }),
          heavy: backlogOf('heavy', 3_000, { gpu: 10, cpu: 120 }),
        },
      }),
    );
    assert.is(places.size, 10_000);
    assert.ok(performance.now() - startMs < 2_000);
  });

  test('it ends where what comes would keep the rest waiting for ever', () => {
    const { places } = forecast(
      input({
        lanes: {
          gpu: lane(0),
          cpu: lane(1, { reserved: 1, running: [{ jobId: 'now', modelClass: 'light', seconds: 3 }] }),
        },
        backlog: { ...NO_JOBS, heavy: backlogOf('heavy', 2, { gpu: 1, cpu: 10 }) },
        arrivals: { ...byClass(() => undefined), light: { perSecond: 1_000, meanSeconds: 0.001 } },
      }),
    );
    assert.equal(places.get('heavy-1'), { phase: 'backlog', modelClass: 'heavy', position: 2 });
  });
});
