import * as assert from 'uvu/assert';
import { trackUnanswered } from '@whisper/shared/bus/unanswered';
import { deferred } from '@whisper/shared/kit/deferred';
import { suite } from '../helpers/suite.ts';

suite('unanswered requests', {}, (test) => {
  test('the oldest that waits counts, until it is answered or given up', async () => {
    let nowMs = 0;
    const unanswered = trackUnanswered(() => nowMs);
    assert.is(unanswered.oldestMs(), 0);
    const [first, second] = [deferred<string>(), deferred<string>()];
    const firstTold = unanswered.track(first.promise);
    nowMs = 300;
    const secondTold = unanswered.track(second.promise);
    nowMs = 1_000;
    assert.is(unanswered.oldestMs(), 1_000);
    first.resolve('stored');
    assert.is(await firstTold, 'stored');
    assert.is(unanswered.oldestMs(), 700);
    second.reject(new Error('given up'));
    assert.is(await secondTold.catch((error: unknown) => (error as Error).message), 'given up');
    assert.is(unanswered.oldestMs(), 0);
  });
});
