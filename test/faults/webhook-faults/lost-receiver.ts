import { judgeWebhooks } from '../client/prove-webhooks.ts';
import { allEnded } from '../run/all-ended.ts';
import type { Fault } from '../run/fault.ts';
import { during, spread } from '../run/pacing.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import type { Site } from '../site/site.ts';

const NATS_AWAY_MS = 2_000;

export const lostReceiver: Fault = {
  id: 'F26',
  title:
    'the receiver of webhooks is away, then answers 500, then hangs; meanwhile one ingest, NATS and the other ingest are killed',
  load: '2 ingests, 3 workers of 4 slots; every job names a webhook',
  criterion:
    'each end is told once the receiver is back, signed, under one id; perhaps again, never not at all',
  run: (run) => underLoad(run, { site: { ingests: 2, workers: 3 }, hookedOneOf: 1 }, loseReceiver),
};

async function loseReceiver(scene: Scene): Promise<Found> {
  const { client, receiver, site } = scene;
  const [first, second] = site.ingests;
  let backMs = 0;
  const acts = [
    () => receiver.become('away').then(() => first?.service.killAndWait()),
    () => receiver.become('failing').then(() => restartNats(site)),
    () => receiver.become('hanging').then(() => second?.service.killAndWait()),
    async () => {
      await receiver.become('listening');
      backMs = Date.now();
    },
  ];
  const times = await spread(scene, acts.length, async (n) => acts[n]?.());
  await allEnded(scene);
  await judgeWebhooks({ accepted: client.accepted(), told: receiver.told });
  const inVain = receiver.told().filter(({ isTaken }) => !isTaken).length;
  return {
    recoverMs: longestWait(scene, backMs),
    notes: [`${inVain} requests answered 500 or never`],
    violations: times < acts.length ? ['the load ended before the receiver was back'] : [],
  };
}

function restartNats({ nats }: Site): Promise<void> {
  const [node] = nats.nodes;
  return during(
    NATS_AWAY_MS,
    () => node?.signal('SIGKILL'),
    () => node?.start(),
  );
}

/** Of what had ended when the receiver came back: how long until it was told. */
function longestWait({ histories, receiver }: Scene, backMs: number): number {
  const firstTold = new Map<string, number>();
  for (const { atMs, isTaken, jobId } of receiver.told()) {
    if (isTaken && !firstTold.has(jobId)) firstTold.set(jobId, atMs);
  }
  const waits = [...firstTold]
    .filter(([jobId]) => histories.of(jobId).some(({ atMs, kind }) => kind === 'completed' && atMs < backMs))
    .map(([, atMs]) => atMs - backMs);
  return Math.max(0, ...waits);
}
