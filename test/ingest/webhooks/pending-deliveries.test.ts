import * as assert from 'uvu/assert';
import {
  createPendingDeliveries,
  type Clocks,
  type PendingDeliveries,
} from '@whisper/ingest/webhooks/pending-deliveries';
import { due, waiting } from '@whisper/shared/webhooks/delivery-states';
import { deliveryKey, type Delivery } from '@whisper/shared/contracts/webhook';
import { suite } from '../../helpers/suite.ts';

const NOW = 1_000_000;
const limits = { perOrigin: 2, all: 6, retries: 3 };

function at(url: string, n: number, part: Partial<Delivery> = {}): Delivery {
  const wanted = { url, withText: false, tenant: 'default', isAsked: true };
  const job = { jobId: `job-${n}`, resultKey: `${'0'.repeat(64)}.tiny` };
  return { ...due(waiting(job, wanted, NOW), NOW - n), ...part };
}
const keyOf = ({ endpointId, jobId }: Delivery): string => deliveryKey(jobId, endpointId);

const still = { wall: () => NOW, monotonic: () => 0 };

function filled(deliveries: readonly Delivery[], clocks: Clocks = still): PendingDeliveries {
  const pending = createPendingDeliveries(limits, clocks);
  for (const delivery of deliveries) pending.put(keyOf(delivery), delivery);
  return pending;
}
function takeAll(pending: PendingDeliveries): Delivery[] {
  const taken: Delivery[] = [];
  for (let next = pending.take(); next; next = pending.take()) taken.push(next);
  return taken;
}

suite('which webhooks go now', {}, (test) => {
  test('a receiver has a few places, by its host, and the others go past it', () => {
    const slow = Array.from({ length: 10 }, (_, n) => at(`https://slow.example/${n}`, 100 + n));
    const pending = filled([...slow, at('https://quick.example/', 1)]);
    assert.equal(
      takeAll(pending).map(({ url }) => url),
      ['https://slow.example/9', 'https://slow.example/8', 'https://quick.example/'],
    );
    pending.release(keyOf(at('https://slow.example/9', 109)));
    pending.put(keyOf(at('https://slow.example/9', 109)), undefined);
    assert.is(takeAll(pending)[0]?.url, 'https://slow.example/7');
  });

  test('retries leave room for those that are new', () => {
    const retries = Array.from({ length: 5 }, (_, n) =>
      at(`https://bad-${n}.example/`, 50 + n, { attempts: 1 }),
    );
    const fresh = Array.from({ length: 5 }, (_, n) => at(`https://good-${n}.example/`, n));
    const taken = takeAll(filled([...retries, ...fresh]));
    assert.is(taken.length, limits.all);
    assert.is(taken.filter(({ attempts }) => attempts > 0).length, limits.retries);
  });

  test('what is not due, claimed, waiting or told stays', () => {
    const later = new Date(NOW + 1).toISOString();
    let now = NOW;
    const pending = filled(
      [
        at('https://a.example/', 1, { nextAttemptAt: later }),
        at('https://a.example/', 2, { claimedUntil: later }),
        at('https://a.example/', 3, { state: 'waiting' }),
        at('https://a.example/', 4, { state: 'delivered' }),
      ],
      { ...still, wall: () => now },
    );
    assert.is(pending.take(), undefined);
    now += 1;
    assert.equal([pending.take()?.jobId, pending.take()?.jobId].sort(), ['job-1', 'job-2']);
  });

  test('a clock that is put back keeps nothing waiting', () => {
    const clock = { wallMs: NOW, monotonicMs: 0 };
    const clocks = { wall: () => clock.wallMs, monotonic: () => clock.monotonicMs };
    const inFiveSeconds = new Date(NOW + 5_000).toISOString();
    const pending = filled([at('https://a.example/', 1, { nextAttemptAt: inFiveSeconds })], clocks);
    clock.wallMs -= 3_600_000;
    clock.monotonicMs = 4_999;
    assert.is(pending.take(), undefined);
    clock.monotonicMs = 5_000;
    assert.is(pending.take()?.jobId, 'job-1');
  });
});
