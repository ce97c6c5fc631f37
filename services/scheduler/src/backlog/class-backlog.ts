import type { Job } from '@whisper/shared/contracts/job';
import { createFairShare, type FairShare } from './fair-share.ts';
import { createTenantQueue, type TenantQueue } from './tenant-queue.ts';
import type { WaitingJob } from './waiting-job.ts';

export interface BacklogRules {
  readonly tenantWeight: (tenant: string) => number;
  /** What a job takes of the fleet, in seconds. */
  readonly costOf: (job: Job) => number;
  /** From this age on a job is not overtaken by younger ones of its tenant. */
  readonly maxWaitMs: number;
}

export interface TenantDepth {
  readonly tenant: string;
  readonly backlog: number;
}

/** The jobs of one class that wait: fair between tenants by weight, first come first served within one. */
export interface ClassBacklog {
  readonly size: () => number;
  readonly add: (waiting: WaitingJob) => void;
  readonly remove: (waiting: WaitingJob) => void;
  readonly next: (nowMs: number) => WaitingJob | undefined;
  /** The one that would start last, as far as a glance tells: of whom has most waiting for its weight. */
  readonly last: () => WaitingJob | undefined;
  readonly oldest: () => WaitingJob | undefined;
  /** Takes a job out of the backlog to run it: it counts as its tenant's turn. */
  readonly take: (waiting: WaitingJob) => void;
  /** A job that was taken has cost this much more than was expected. */
  readonly correct: (tenant: string, seconds: number) => void;
  /** All that wait in their order, as things stand. */
  readonly inOrder: (nowMs: number) => Iterable<WaitingJob>;
  /** Deepest first. */
  readonly tenants: () => readonly TenantDepth[];
}

export function createClassBacklog(rules: BacklogRules): ClassBacklog {
  const queues = new Map<string, TenantQueue>();
  const share = createFairShare();
  const remove = (waiting: WaitingJob): void => {
    const { tenant } = waiting.job;
    queues.get(tenant)?.remove(waiting);
    if (queues.get(tenant)?.size() === 0) queues.delete(tenant);
  };
  return {
    size: () => sum([...queues.values()].map((queue) => queue.size())),
    add: (waiting) => {
      const queue = queues.get(waiting.job.tenant) ?? createTenantQueue(rules.maxWaitMs);
      queues.set(waiting.job.tenant, queue);
      queue.add(waiting);
    },
    remove,
    next: (nowMs) =>
      firstInShare(
        share,
        [...queues.values()].map((queue) => queue.next(nowMs)),
      ),
    last: () => deepest(queues, rules)?.last(),
    oldest: () =>
      [...queues.values()]
        .map((queue) => queue.oldest())
        .reduce(
          (oldest, each) => (oldest && each && each.sequence > oldest.sequence ? oldest : each),
          undefined,
        ),
    take: (waiting) => {
      charge(share, rules, waiting);
      remove(waiting);
    },
    correct: (tenant, seconds) => {
      share.correct(tenant, seconds / rules.tenantWeight(tenant));
    },
    inOrder: (nowMs) =>
      inShareOrder(
        share.copy(),
        [...queues.values()].map((queue) => queue.inOrder(nowMs)),
        rules,
      ),
    tenants: () =>
      [...queues]
        .map(([tenant, queue]) => ({ tenant, backlog: queue.size() }))
        .sort((a, b) => b.backlog - a.backlog),
  };
}

/** Each tenant's next job competes; equal tags go by age. */
function firstInShare(share: FairShare, heads: readonly (WaitingJob | undefined)[]): WaitingJob | undefined {
  let first: WaitingJob | undefined;
  let lowest = Infinity;
  for (const head of heads) {
    if (!head) continue;
    const tag = share.startOf(head.job.tenant);
    if (tag > lowest || (tag === lowest && first && first.sequence < head.sequence)) continue;
    first = head;
    lowest = tag;
  }
  return first;
}

function* inShareOrder(
  share: FairShare,
  queues: readonly Iterator<WaitingJob, undefined>[],
  rules: BacklogRules,
): Generator<WaitingJob> {
  const heads = queues.map((queue) => queue.next().value);
  for (let first = firstInShare(share, heads); first; first = firstInShare(share, heads)) {
    const at = heads.indexOf(first);
    charge(share, rules, first);
    heads[at] = queues[at]?.next().value;
    yield first;
  }
}

function charge(share: FairShare, rules: BacklogRules, { job }: WaitingJob): void {
  share.charge(job.tenant, rules.costOf(job) / rules.tenantWeight(job.tenant));
}

function deepest(queues: ReadonlyMap<string, TenantQueue>, rules: BacklogRules): TenantQueue | undefined {
  let found: TenantQueue | undefined;
  let most = 0;
  for (const [tenant, queue] of queues) {
    const depth = queue.size() / rules.tenantWeight(tenant);
    if (depth > most) [found, most] = [queue, depth];
  }
  return found;
}

const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);
