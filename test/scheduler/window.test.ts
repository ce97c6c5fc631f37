import * as assert from 'uvu/assert';
import { UNSERVED_WINDOW, windowOf } from '@whisper/scheduler/release/window';
import { createFifo } from '@whisper/scheduler/backlog/fifo';
import { suite } from '../helpers/suite.ts';

suite('release window', {}, (test) => {
  test('nobody serves the lane: enough to see that somebody is needed', () => {
    assert.is(windowOf(0), UNSERVED_WINDOW);
  });

  test('one a slot, never less than two', () => {
    assert.equal([1, 2, 3, 64].map(windowOf), [2, 2, 3, 64]);
  });
});

suite('a fifo', {}, (test) => {
  test('gives back in order of sequence, whatever is taken out of it or comes back', () => {
    const fifo = createFifo<{ sequence: number }>();
    for (let sequence = 1; sequence <= 500; sequence++) fifo.add({ sequence });
    for (let sequence = 1; sequence <= 500; sequence++) if (sequence % 3 > 0) fifo.remove(sequence);
    fifo.remove(7_000);
    fifo.add({ sequence: 4 });
    fifo.add({ sequence: 4 });
    const wanted = [3, 4, ...Array.from({ length: 165 }, (_, n) => 3 * (n + 2))];
    assert.equal(
      [...fifo].map(({ sequence }) => sequence),
      wanted,
    );
    assert.is(fifo.size(), wanted.length);
    assert.is(fifo.first()?.sequence, 3);
    assert.is(fifo.last()?.sequence, 498);
    for (const sequence of wanted) fifo.remove(sequence);
    assert.is(fifo.first(), undefined);
    assert.is(fifo.last(), undefined);
  });
});
