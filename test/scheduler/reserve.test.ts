import * as assert from 'uvu/assert';
import { createArrivalRates } from '@whisper/scheduler/outlook/arrival-rates';
import { reserveOf } from '@whisper/scheduler/release/reserve';
import { suite } from '../helpers/suite.ts';

suite('slots kept for light jobs', {}, (test) => {
  test('none while no light jobs come, none of a single slot', () => {
    assert.is(reserveOf(64, undefined), 0);
    assert.is(reserveOf(1, { perSecond: 1, meanSeconds: 1 }), 0);
  });

  test('one where few come, more where many come, a quarter at the most', () => {
    const reserve = (slots: number, load: number): number =>
      reserveOf(slots, { perSecond: load / 2, meanSeconds: 2 });
    assert.equal(
      [2, 4, 8, 64].map((slots) => reserve(slots, 0.01)),
      [1, 1, 1, 1],
    );
    assert.is(reserve(64, 4), 6);
    assert.is(reserve(64, 40), 16);
    assert.is(reserve(8, 5), 2);
  });

  test('rates are right from the start, fade, and are forgotten', () => {
    const rates = createArrivalRates();
    assert.is(rates.of('light', 0), undefined);
    for (let nowMs = 0; nowMs <= 600_000; nowMs += 500) {
      rates.add('light', 3, nowMs);
      const found = rates.of('light', nowMs);
      assert.is(found?.meanSeconds.toFixed(6), '3.000000');
      if (nowMs >= 5_000)
        assert.ok(Math.abs((found?.perSecond ?? 0) - 2) < 0.5, `${nowMs}: ${found?.perSecond ?? 0}`);
    }
    assert.ok((rates.of('light', 700_000)?.perSecond ?? 9) < 1);
    assert.is(rates.of('light', 1_000_000), undefined);
    assert.is(rates.of('heavy', 600_000), undefined);
  });
});
