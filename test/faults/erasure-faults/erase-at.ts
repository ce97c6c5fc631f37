import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../helpers/eventually.ts';
import { jobsApi } from '../../helpers/jobs-api.ts';
import type { Accepted } from '../client/ledger.ts';
import { countOf } from '../client/job-histories.ts';
import { DRAIN_MS } from '../run/all-ended.ts';
import type { Scene } from '../run/under-load.ts';

/** When a job is erased: as soon as it is accepted, when it has begun, when it has ended. */
export const MOMENTS = ['queued', 'running', 'finished'] as const;
export type Moment = (typeof MOMENTS)[number];

const LOOK_EVERY_MS = 100;
const ASK_EVERY_MS = 500;

export interface Erased {
  readonly jobId: string;
  readonly sha256: string;
  /** From the first request until the answer that nothing is left; infinite when there was none. */
  readonly tookMs: number;
}

/** Erases each accepted job for which `momentOf` gives a moment, when that has come. @returns once all are gone */
export async function eraseAt(
  scene: Scene,
  momentOf: (n: number) => Moment | undefined,
): Promise<readonly Erased[]> {
  const { client, histories, isLoaded } = scene;
  const begun = new Map<string, Promise<Erased>>();
  const isDue = ({ jobId, number }: Accepted): boolean => {
    const moment = momentOf(number);
    if (moment === 'running') return countOf(histories.of(jobId), 'started') > 0;
    return moment === 'queued' || (moment === 'finished' && histories.isEnded(jobId));
  };
  const isLeft = ({ jobId, number }: Accepted): boolean =>
    momentOf(number) !== undefined && !begun.has(jobId);
  let patienceMs = DRAIN_MS; // one that never comes so far is lost, which others will see
  while (isLoaded() || (client.accepted().some(isLeft) && patienceMs > 0)) {
    await histories.catchUp();
    for (const entry of client.accepted().filter((each) => isLeft(each) && isDue(each))) {
      begun.set(entry.jobId, erase(scene, entry));
    }
    await sleep(LOOK_EVERY_MS);
    if (!isLoaded()) patienceMs -= LOOK_EVERY_MS;
  }
  return Promise.all(begun.values());
}

/** Asks one ingest after the other, through all that is killed meanwhile, until one says that nothing is left. */
async function erase({ site }: Scene, { jobId, sha256 }: Accepted): Promise<Erased> {
  const startedMs = performance.now();
  let turn = 0;
  const isGone = async (): Promise<boolean> => {
    const url = site.ingests[turn++ % site.ingests.length]?.url ?? '';
    return (await jobsApi.erase(url, jobId)).status === 200;
  };
  const tookMs = await eventually(isGone, { timeoutMs: DRAIN_MS, everyMs: ASK_EVERY_MS }).then(
    () => performance.now() - startedMs,
    () => Infinity,
  );
  return { jobId, sha256, tookMs };
}
