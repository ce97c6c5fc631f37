import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import type { Bus } from '@whisper/shared/bus/connect';
import { LEASE_TTL_MS, leaseSchema, SCHEDULER_LEASE_KEY } from '@whisper/shared/contracts/lease';
import { BUCKETS } from '@whisper/shared/contracts/topology';
import { openJsonBucket } from '@whisper/shared/storage/json-bucket';
import { createLease, type Lease } from '@whisper/scheduler/leadership/lease';
import { eventually } from '../helpers/eventually.ts';
import { startServers, type Servers } from '../helpers/start-servers.ts';
import { suite } from '../helpers/suite.ts';

async function newLeases(bus: Bus): Promise<readonly [Lease, Lease]> {
  const bucket = await openJsonBucket(bus, BUCKETS.leases.name, leaseSchema);
  await bucket.delete(SCHEDULER_LEASE_KEY);
  return [createLease(bucket, 'one'), createLease(bucket, 'two')];
}

suite(
  'the lease of the leading scheduler',
  {} as { servers: Servers; bus: Bus },
  (test) => {
    test.before(async (context) => {
      context.servers = await startServers();
      context.bus = await context.servers.connect();
    });
    test.after(async ({ servers, bus }) => {
      await bus[Symbol.asyncDispose]();
      await servers[Symbol.asyncDispose]();
    });

    test('of many who ask at once one gets it', async ({ bus }) => {
      const bucket = await openJsonBucket(bus, BUCKETS.leases.name, leaseSchema);
      await bucket.delete(SCHEDULER_LEASE_KEY);
      const leases = Array.from({ length: 10 }, (_, n) => createLease(bucket, `lease-${n}`));
      const got = await Promise.all(leases.map((lease) => lease.claim()));
      assert.is(got.filter(Boolean).length, 1);
      assert.equal(
        leases.map((lease) => lease.isHeld()),
        got,
      );
    });

    test('nobody gets it while it is renewed', async ({ bus }) => {
      const [first, second] = await newLeases(bus);
      assert.ok(await first.claim());
      const endMs = performance.now() + 2 * LEASE_TTL_MS;
      while (performance.now() < endMs) {
        assert.ok(await first.renew());
        assert.not(await second.claim());
        await sleep(50);
      }
      assert.ok(first.isHeld());
    });

    test('one that is not renewed goes to another, after the first has stopped to believe in it', async ({
      bus,
    }) => {
      const [first, second] = await newLeases(bus);
      assert.ok(await first.claim());
      const heldBefore: boolean[] = [];
      await eventually(async () => {
        heldBefore.push(first.isHeld());
        return second.claim();
      });
      assert.ok(heldBefore[0]);
      assert.not(heldBefore.at(-1), 'two believe to hold it');
      assert.not(await first.renew());
      assert.not(first.isHeld());
      assert.ok(second.isHeld());
    });

    test('one that is given up is free at once', async ({ bus }) => {
      const [first, second] = await newLeases(bus);
      assert.ok(await first.claim());
      assert.not(await second.claim());
      await first.giveUp();
      assert.ok(await second.claim());
    });
  },
  { timeoutMs: 20_000 },
);
