import { setImmediate as turn } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { severalAtOnce } from '@whisper/shared/kit/several-at-once';
import { suite } from '../helpers/suite.ts';

suite('several at once', {}, (test) => {
  test('does all, never more than so many at a time', async () => {
    const [done, most] = [[] as number[], { now: 0, ever: 0 }];
    await severalAtOnce([1, 2, 3, 4, 5], 2, async (item) => {
      most.ever = Math.max(most.ever, ++most.now);
      await turn();
      most.now--;
      done.push(item);
    });
    assert.equal(done.sort(), [1, 2, 3, 4, 5]);
    assert.is(most.ever, 2);
  });

  test('tells a failure', async () => {
    const failing = severalAtOnce([1, 2, 3], 2, (item) =>
      item === 2 ? Promise.reject(new Error('two')) : Promise.resolve(),
    );
    assert.match(await failing.then(() => 'nothing', String), 'two');
  });
});
