import * as assert from 'uvu/assert';
import { backOffMs, GIVE_UP_AFTER_MS } from '@whisper/shared/webhooks/back-off';
import { claimed, due, ended, settled, waiting } from '@whisper/shared/webhooks/delivery-states';
import {
  deliveryId,
  keyOfDelivery,
  webhookId,
  type Delivery,
  type JobEnd,
} from '@whisper/shared/contracts/webhook';
import { suite } from '../../helpers/suite.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const wanted = { url: 'https://hooks.example/a', withText: false, tenant: 'default', isAsked: true };
const end = (sequence: number, kind: JobEnd['kind'] = 'completed'): JobEnd => ({
  ...{ kind, sequence, at: new Date(START).toISOString(), data: {} },
});
const fresh = (): Delivery =>
  waiting({ jobId: 'job-1_a', resultKey: `${'0'.repeat(64)}.tiny` }, wanted, START);
const pending = (): Delivery => ended(fresh(), end(7), START) ?? fresh();
const failed = { kind: 'failed', error: 'timeout' } as const;

suite('states of a webhook', {}, (test) => {
  test('an end makes it due once; a later end of the same job is told under another id', () => {
    const first = pending();
    assert.equal([first.state, first.round, webhookId(first)], ['pending', 1, deliveryId(first)]);
    assert.is(ended(first, end(7), START), undefined);
    assert.is(ended(first, end(3), START), undefined);
    const told = settled(claimed(first, START), { kind: 'delivered', status: 200 }, START, 0);
    const second = ended(told, end(9), START);
    assert.equal([second?.state, second?.round, second?.attempts], ['pending', 2, 0]);
    assert.is(second && webhookId(second), `${deliveryId(first)}_2`);
    assert.is(keyOfDelivery(deliveryId(first)), `job-1_a.${first.endpointId}`);
    for (const id of ['', 'wh_', 'wh_a_b', `wh_a.b_${'0'.repeat(16)}`, 'job-1_a'])
      assert.is(keyOfDelivery(id), undefined, id);
  });

  test('it is tried for a day, at growing distances, then given up', () => {
    let now = START;
    let delivery = pending();
    const gaps: number[] = [];
    while (delivery.state === 'pending') {
      now = Date.parse(delivery.nextAttemptAt ?? '');
      delivery = settled(claimed(delivery, now), failed, now, 0.5);
      if (delivery.nextAttemptAt) gaps.push((Date.parse(delivery.nextAttemptAt) - now) / 1000);
    }
    assert.equal(gaps.slice(0, 11), [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600]);
    assert.is(delivery.state, 'undelivered');
    assert.ok(now - START > GIVE_UP_AFTER_MS - 3_600_000 && now - START <= GIVE_UP_AFTER_MS);
    assert.equal([delivery.lastAttempt?.error, delivery.claimedUntil], ['timeout', undefined]);
    const again = due(delivery, now);
    assert.equal([again.state, again.attempts, webhookId(again)], ['pending', 0, webhookId(delivery)]);
  });

  test('one that nobody could try for more than a day is tried once', () => {
    const late = START + 3 * GIVE_UP_AFTER_MS;
    assert.is(settled(claimed(pending(), late), failed, late, 0).state, 'undelivered');
    assert.is(
      settled(claimed(pending(), late), { kind: 'delivered', status: 204 }, late, 0).state,
      'delivered',
    );
  });

  test('a receiver that is gone ends it; what was handed back was no attempt', () => {
    const gone = settled(claimed(pending(), START), { kind: 'gone', status: 410 }, START, 0);
    assert.equal([gone.state, gone.lastAttempt?.error], ['undelivered', 'gone']);
    const back = settled(claimed(pending(), START), { kind: 'given-back' }, START, 0);
    assert.equal([back.state, back.attempts, back.claimedUntil], ['pending', 0, undefined]);
  });

  test('waits differ by a quarter at the most', () => {
    for (const attempts of [1, 5, 40, 2_000]) {
      const middle = backOffMs(attempts, 0.5);
      assert.is(backOffMs(attempts, 0), middle * 0.75);
      assert.ok(backOffMs(attempts, 0.999) < middle * 1.25);
    }
  });
});
