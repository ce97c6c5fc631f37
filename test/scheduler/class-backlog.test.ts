import * as assert from 'uvu/assert';
import type { WaitingJob } from '@whisper/scheduler/backlog/waiting-job';
import { createClassBacklog, type ClassBacklog } from '@whisper/scheduler/backlog/class-backlog';
import { suite } from '../helpers/suite.ts';
import { nextWaiting } from '../helpers/test-jobs.ts';

const MAX_WAIT_MS = 1_000;

interface Rules {
  readonly weights?: Readonly<Record<string, number>>;
  readonly cost?: (waiting: WaitingJob['job']) => number;
}

function newBacklog({ weights = {}, cost = (): number => 1 }: Rules = {}): ClassBacklog {
  return createClassBacklog({
    tenantWeight: (tenant) => weights[tenant] ?? 1,
    costOf: cost,
    maxWaitMs: MAX_WAIT_MS,
  });
}

function fill(backlog: ClassBacklog, tenant: string, jobs: number): void {
  for (let n = 0; n < jobs; n++) backlog.add(nextWaiting({ tenant }));
}

function takeNext(backlog: ClassBacklog, nowMs = 0): WaitingJob | undefined {
  const next = backlog.next(nowMs);
  if (next) backlog.take(next);
  return next;
}

/** Whose the next jobs are. */
function tenantsOf(backlog: ClassBacklog, count: number): readonly string[] {
  return Array.from({ length: count }, () => takeNext(backlog)?.job.tenant ?? '');
}

const countOf = (taken: readonly string[], tenant: string): number =>
  taken.filter((each) => each === tenant).length;

suite('the backlog of a class', {}, (test) => {
  test('one tenant: first come first served', () => {
    const backlog = newBacklog();
    const jobs = [nextWaiting({}), nextWaiting({}), nextWaiting({})];
    for (const job of jobs) backlog.add(job);
    assert.equal(
      [takeNext(backlog), takeNext(backlog), takeNext(backlog), takeNext(backlog)],
      [...jobs, undefined],
    );
    assert.is(backlog.size(), 0);
  });

  test('a tenant with one job among ten thousand of another is next or the one after', () => {
    const backlog = newBacklog();
    fill(backlog, 'big', 10_000);
    assert.equal(
      tenantsOf(backlog, 50),
      Array.from({ length: 50 }, () => 'big'),
    );
    fill(backlog, 'small', 1);
    assert.ok(tenantsOf(backlog, 2).includes('small'));
  });

  test('100:1 backlogs get equal shares, as long as both have work', () => {
    const backlog = newBacklog();
    fill(backlog, 'big', 1_000);
    fill(backlog, 'small', 100);
    const taken = tenantsOf(backlog, 200);
    assert.is(countOf(taken, 'small'), 100);
    assert.is(countOf(taken.slice(0, 20), 'small'), 10);
  });

  test('shares follow the weights', () => {
    const backlog = newBacklog({ weights: { gold: 3 } });
    fill(backlog, 'gold', 500);
    fill(backlog, 'plain', 500);
    assert.is(countOf(tenantsOf(backlog, 400), 'gold'), 300);
  });

  test('shares are of work, not of jobs: who sends long files gets fewer of them', () => {
    const backlog = newBacklog({ cost: ({ tenant }) => (tenant === 'long' ? 10 : 1) });
    fill(backlog, 'long', 500);
    fill(backlog, 'short', 500);
    const taken = tenantsOf(backlog, 220);
    assert.ok(Math.abs(countOf(taken, 'long') - 20) <= 1, `${countOf(taken, 'long')} long jobs`);
  });

  test('whatever the tenants, weights and costs: shares of work within a job of the weights, nobody starves', () => {
    const random = seeded(7);
    for (let round = 0; round < 50; round++) {
      const names = Array.from({ length: 2 + Math.floor(random() * 6) }, (_, n) => `t${n}`);
      const weights = Object.fromEntries(names.map((name) => [name, 0.5 + random() * 5]));
      const costs = Object.fromEntries(names.map((name) => [name, 0.1 + random() * 10]));
      const costOf = (tenant: string): number => costs[tenant] ?? 1;
      const backlog = newBacklog({ weights, cost: ({ tenant }) => costOf(tenant) });
      for (const name of names) fill(backlog, name, 600);
      const taken = tenantsOf(backlog, 500);
      const served = names.map((name) => (countOf(taken, name) * costOf(name)) / (weights[name] ?? 1));
      const unit = Math.max(...names.map((name) => costOf(name) / (weights[name] ?? 1)));
      assert.ok(
        Math.max(...served) - Math.min(...served) <= 2 * unit,
        `round ${round}: ${served.join(', ')}`,
      );
    }
  });

  test('what a job was charged is corrected once it is known: a wrong guess costs nobody their share', () => {
    let guess = 50;
    const backlog = newBacklog({ cost: () => guess });
    fill(backlog, 'big', 500);
    tenantsOf(backlog, 10);
    guess = 1;
    for (let n = 0; n < 10; n++) backlog.correct('big', 1 - 50);
    fill(backlog, 'small', 100);
    assert.is(countOf(tenantsOf(backlog, 40), 'small'), 20);
  });

  test('low goes after the same tenant’s other jobs, and takes nothing from other tenants', () => {
    const backlog = newBacklog();
    const low = nextWaiting({ tenant: 'a', priority: 'low' });
    backlog.add(low);
    fill(backlog, 'a', 2);
    fill(backlog, 'b', 3);
    const taken = Array.from({ length: 6 }, () => takeNext(backlog)?.job);
    assert.is(taken.filter((job) => job?.tenant === 'a').at(-1)?.jobId, low.job.jobId);
  });

  test('ageing: a low job that has waited for the bound is overtaken no more', () => {
    const backlog = newBacklog();
    const low = nextWaiting({ priority: 'low' }, 0);
    backlog.add(low);
    backlog.add(nextWaiting({}, 10));
    assert.is.not(backlog.next(MAX_WAIT_MS - 1), low);
    assert.is(backlog.next(MAX_WAIT_MS), low);
  });

  test('under an endless stream of normal jobs a low one waits for the bound and those before it, no longer', () => {
    const backlog = newBacklog();
    const low = nextWaiting({ priority: 'low' }, 0);
    backlog.add(low);
    for (let nowMs = 0; ; nowMs += 100) {
      backlog.add(nextWaiting({}, nowMs));
      backlog.add(nextWaiting({}, nowMs));
      if (takeNext(backlog, nowMs) === low) {
        assert.ok(nowMs <= MAX_WAIT_MS, `after ${nowMs} ms`);
        return;
      }
    }
  });

  test('a forecast of the order is the order', () => {
    const random = seeded(3);
    const backlog = newBacklog({ weights: { b: 2, c: 0.5 }, cost: ({ jobId }) => 1 + (jobId.length % 3) });
    for (let n = 0; n < 300; n++) {
      const tenant = ['a', 'b', 'c'][Math.floor(random() * 3)] ?? 'a';
      backlog.add(nextWaiting({ tenant, priority: random() < 0.3 ? 'low' : 'normal' }));
    }
    const expected = [...backlog.inOrder(0)];
    assert.is(expected.length, 300);
    assert.equal(
      expected.map(() => takeNext(backlog)),
      expected,
    );
  });

  test('a job that comes back has its old place; one taken out of the middle leaves no gap', () => {
    const backlog = newBacklog();
    const [first, second, third] = [nextWaiting({}), nextWaiting({}), nextWaiting({})];
    for (const job of [first, second, third]) backlog.add(job);
    backlog.remove(second);
    assert.is(takeNext(backlog), first);
    backlog.add(first);
    assert.equal([takeNext(backlog), takeNext(backlog), takeNext(backlog)], [first, third, undefined]);
  });

  test('oldest and last are what they say', () => {
    const backlog = newBacklog();
    const oldest = nextWaiting({ tenant: 'a', priority: 'low' });
    backlog.add(oldest);
    fill(backlog, 'b', 5);
    assert.is(backlog.oldest(), oldest);
    assert.is(backlog.last()?.job.tenant, 'b');
    assert.equal(backlog.tenants(), [
      { tenant: 'b', backlog: 5 },
      { tenant: 'a', backlog: 1 },
    ]);
  });
});

/** Numbers in 0..1 that are the same each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}
