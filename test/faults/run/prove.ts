import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../helpers/eventually.ts';
import type { Client } from '../client/client.ts';
import { findLeftovers } from '../client/find-leftovers.ts';
import type { JobHistories } from '../client/job-histories.ts';
import { judgeJobs } from '../client/prove-jobs.ts';
import { judgeWebhooks } from '../client/prove-webhooks.ts';
import type { WebhookReceiver } from '../client/webhook-receiver.ts';
import { servicesOf, type Site } from '../site/site.ts';
import { allEnded, DRAIN_MS } from './all-ended.ts';

/** A queue's last message is taken off by the scheduler's repair, if its acknowledgement was lost. */
const EMPTY_MS = 90_000;

/** What is wrong after a run, a line each; nothing when all was kept. */
export interface Proof {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly violations: readonly string[];
  readonly notes: readonly string[];
}

export interface Provable {
  readonly site: Site;
  readonly client: Client;
  readonly histories: JobHistories;
  readonly receiver: WebhookReceiver;
  /** After this long everything is looked at once more: what has ended must not have changed. */
  readonly settleMs: number;
}

/** Once all have ended: each accepted job has one end, the right one, for good, told to whoever asked; and nothing else is there. */
export async function prove(run: Provable): Promise<Proof> {
  const { client, histories, receiver, settleMs, site } = run;
  await Promise.all(servicesOf(site).map((service) => service.up()));
  const unfinished = await allEnded({ client, histories, isLoaded: () => false }).then(
    () => [],
    () => [`not all jobs ended in ${DRAIN_MS / 1_000} s`],
  );
  const url = site.ingests[0]?.url ?? '';
  const first = await judgeJobs(url, client.accepted(), histories);
  const webhooks = await judgeWebhooks({ accepted: client.accepted(), told: receiver.told });
  const leftovers = await lastingLeftovers(run);
  await sleep(settleMs);
  await histories.catchUp();
  const { doubled, ends, lost } = await judgeJobs(url, client.accepted(), histories);
  const changed = [...first.ends]
    .filter(([jobId, end]) => ends.get(jobId) !== end)
    .map(([jobId, end]) => `${jobId} changed after its end: was ${end}`);
  return {
    ...{ lost, doubled, notes: [webhooks.summary] },
    violations: [
      ...[...unfinished, ...webhooks.lost, ...webhooks.wrong],
      ...[...leftovers, ...changed, ...foreignJobs(run)],
    ],
  };
}

async function lastingLeftovers({ client, site }: Provable): Promise<readonly string[]> {
  const look = (): Promise<readonly string[]> => findLeftovers(site, client.sent());
  const isClean = async (): Promise<boolean> => (await look()).length === 0;
  return eventually(isClean, { timeoutMs: EMPTY_MS, everyMs: 1_000 }).then(() => [], look);
}

/** Jobs of audio that was never sent. A request whose answer was lost may have left a job of its own. */
function foreignJobs({ client, histories }: Provable): readonly string[] {
  const known = new Set(client.accepted().map(({ jobId }) => jobId));
  const isSent = (jobId: string): boolean => {
    const data = histories.of(jobId)[0]?.event.data;
    return data !== undefined && client.sent().has(data.resultKey.split('.')[0] ?? '');
  };
  return histories
    .jobIds()
    .filter((jobId) => !known.has(jobId) && !isSent(jobId))
    .map((jobId) => `${jobId} was run and nobody has sent it`);
}
