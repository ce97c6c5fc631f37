import * as assert from 'uvu/assert';
import { createLightLoad, reserveOf } from '@whisper/scheduler/release/reserve';
import { suite } from '../helpers/suite.ts';

suite('slots kept for light jobs', {}, (test) => {
  test('none while no light jobs come, none of a single slot', () => {
    assert.is(reserveOf(64, undefined), 0);
    assert.is(reserveOf(1, 0.5), 0);
  });

  test('one where few come, more where many come, a quarter at the most', () => {
    assert.equal(
      [2, 4, 8, 64].map((slots) => reserveOf(slots, 0.01)),
      [1, 1, 1, 1],
    );
    assert.is(reserveOf(64, 4), 6);
    assert.is(reserveOf(64, 40), 16);
    assert.is(reserveOf(8, 5), 2);
  });

  test('the load is the slots that light jobs keep busy; it fades and is forgotten', () => {
    const load = createLightLoad();
    assert.is(load.at(0), undefined);
    for (let nowMs = 0; nowMs < 600_000; nowMs += 1_000) load.add(2, nowMs);
    const busy = load.at(600_000) ?? 0;
    assert.ok(busy > 1.8 && busy < 2.2, String(busy));
    assert.ok((load.at(700_000) ?? 0) < busy / 4);
    assert.is(load.at(1_000_000), undefined);
  });
});
