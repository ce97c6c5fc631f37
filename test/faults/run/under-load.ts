import type { PacedAudio } from '../../helpers/paced-audio.ts';
import { openClient, type Client } from '../client/client.ts';
import { followHistories, type JobHistories } from '../client/job-histories.ts';
import { findLastingGrowth, measureResources } from '../client/measure-resources.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../client/webhook-receiver.ts';
import { webhooksApi } from '../../helpers/webhooks-api.ts';
import { numberedAudio, type NumberedAudio } from '../client/numbered-audio.ts';
import { openSite, type Site, type SiteOptions } from '../site/site.ts';
import { allEnded } from './all-ended.ts';
import type { FaultRun, Outcome } from './fault.ts';
import { prove, type Proof } from './prove.ts';

const WARM_UP_JOBS = 20;
/** Of so many jobs one has its end told by webhook. */
const HOOKED_ONE_OF = 4;
/** Then everything is looked at once more: what has ended must not have changed. */
const SETTLE_MS = 5_000;

/** What a fault has to break, and what tells it how the system takes it. */
export interface Scene {
  readonly run: FaultRun;
  readonly site: Site;
  readonly client: Client;
  /** Whom webhooks go to. */
  readonly receiver: WebhookReceiver;
  readonly histories: JobHistories;
  /** Whether jobs are still being submitted. */
  readonly isLoaded: () => boolean;
}

export interface Found {
  readonly recoverMs?: number;
  readonly notes?: readonly string[];
  readonly violations?: readonly string[];
}

export interface Load {
  readonly site?: SiteOptions;
  /** What job `n` is; a paced job of about a second unless told. */
  readonly audioOf?: (n: number) => NumberedAudio;
  readonly warmUpOf?: (n: number) => NumberedAudio;
  readonly settleMs?: number;
  /** Of so many jobs one names a webhook. */
  readonly hookedOneOf?: number;
  /** Connections that the fault itself breaks are no failure. */
  readonly mayBreak?: boolean;
}

/** 200 to 1,400 ms, by the number: the same in each run. */
export const usualAudio = (n: number): NumberedAudio => numberedAudio(n, usualPace(n));
const quickAudio = (n: number): NumberedAudio => numberedAudio(n, { delayMs: 20 });
export const usualPace = (n: number): PacedAudio => ({ delayMs: 200 + ((n * 7_919) % 1_200) });

/**
 * Opens a site, submits the run's jobs at its pace, lets `breakIt` do its worst meanwhile, waits until all have ended, and
 * proves what the ledger says.
 */
export async function underLoad(
  run: FaultRun,
  {
    site: options = {},
    audioOf = usualAudio,
    warmUpOf = quickAudio,
    settleMs = SETTLE_MS,
    hookedOneOf = HOOKED_ONE_OF,
    mayBreak = true,
  }: Load,
  breakIt: (scene: Scene) => Promise<Found>,
): Promise<Outcome> {
  await using site = await openSite(options);
  const urls = site.ingests.map(({ url }) => url);
  await using receiver = await openReceiver(urls);
  await using client = await openClient(site.directory, urls, { url: receiver.url, oneOf: hookedOneOf });
  await using bus = await site.connect();
  const histories = followHistories(bus);
  await warmUp(client, histories, warmUpOf);
  const before = await measureResources(site);
  let loading = true;
  const audios = Array.from({ length: run.jobs }, (_, n) => audioOf(n));
  const loaded = client.submitAll(audios, run.jobsPerSecond).finally(() => (loading = false));
  const found = await breakIt({ run, site, client, receiver, histories, isLoaded: () => loading });
  await loaded;
  const proof = await prove({ site, client, receiver, histories, settleMs });
  const grown = await findLastingGrowth(site, before);
  return describe(client, found, {
    ...proof,
    violations: [...proof.violations, ...grown, ...whatClientMet(client, mayBreak)],
  });
}

async function openReceiver([url = '']: readonly string[]): Promise<WebhookReceiver> {
  const [secret = ''] = await webhooksApi.secrets(url);
  return startWebhookReceiver(secret);
}

/** Connections, code and models are there before anything is measured. */
async function warmUp(
  client: Client,
  histories: JobHistories,
  audioOf: (n: number) => NumberedAudio,
): Promise<void> {
  const audios = Array.from({ length: WARM_UP_JOBS }, (_, n) => audioOf(-1 - n));
  await client.submitAll(audios, 40);
  await allEnded({ client, histories, isLoaded: () => false });
}

function whatClientMet(client: Client, mayBreak: boolean): readonly string[] {
  const { broken, hung, wrong } = client.met();
  return [
    ...(hung > 0 ? [`${hung} requests were never answered`] : []),
    ...(mayBreak ? [] : broken.map((why) => `a request broke off: ${why}`)),
    ...wrong.map((why) => `answered with ${why}`),
  ];
}

function describe(client: Client, found: Found, { lost, doubled, notes, violations }: Proof): Outcome {
  const { broken, refused, slowestMs } = client.met();
  const refusals = [...refused].map(([code, count]) => `${count} × 503 ${code}`);
  return {
    jobs: client.accepted().length,
    lost: lost.length,
    doubled: doubled.length,
    ...(found.recoverMs !== undefined && { recoverMs: found.recoverMs }),
    notes: [
      ...(found.notes ?? []),
      ...notes,
      ...refusals,
      ...(broken.length > 0
        ? [`${broken.length} broken requests (${[...new Set(broken)].slice(0, 3).join(', ')})`]
        : []),
      `slowest answer ${(slowestMs / 1_000).toFixed(1)} s`,
    ],
    violations: [...lost, ...doubled, ...violations, ...(found.violations ?? [])],
  };
}
