import * as assert from 'uvu/assert';
import { MODEL_CLASSES, type ModelClass } from '@whisper/shared/contracts/identifiers';
import { createWeightedOrder } from '@whisper/shared/kit/weighted-order';
import { suite } from '../helpers/suite.ts';

/** What a worker picks when these classes never run empty and the others always are. */
function picks(backlog: readonly ModelClass[], count: number): readonly ModelClass[] {
  const order = createWeightedOrder();
  return Array.from({ length: count }, () => {
    const first = order.next().find((each) => backlog.includes(each));
    order.picked();
    return first ?? 'light';
  });
}

const share = (taken: readonly ModelClass[], modelClass: ModelClass): number =>
  taken.filter((each) => each === modelClass).length;

suite('weighted order', {}, (test) => {
  test('under full backlog the shares are the weights, exactly', () => {
    const taken = picks(MODEL_CLASSES, 240);
    assert.equal(
      MODEL_CLASSES.map((each) => share(taken, each)),
      [160, 60, 20],
    );
  });

  test('light is asked first, and every class is asked', () => {
    assert.equal(createWeightedOrder().next(), ['light', 'medium', 'heavy']);
  });

  test('heavy gets one pick in twelve also beside a class that is empty', () => {
    const taken = picks(['light', 'heavy'], 120);
    assert.is(share(taken, 'heavy'), 10);
    const gaps = taken.flatMap((each, i) => (each === 'heavy' ? [i] : []));
    assert.ok(gaps.every((at, i) => i === 0 || at - (gaps[i - 1] ?? 0) <= 12));
  });

  test('a class alone gets everything at once', () => {
    assert.is(share(picks(['heavy'], 10), 'heavy'), 10);
  });
});
