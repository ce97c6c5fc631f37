import type { Fault } from '../run/fault.ts';
import { allEnded } from '../run/all-ended.ts';
import { during, spread } from '../run/pacing.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';

const AWAY_MS = 30_000;
/** A probe each 2 s finds it again. */
const ACCEPTING_WITHIN_MS = AWAY_MS + 10_000;

export const lostStore: Fault = {
  id: 'F10',
  title: `the S3 server is stopped (SIGSTOP) for ${AWAY_MS / 1_000} s, then killed for as long`,
  load: '3 workers of 4 slots',
  criterion: 'uploads get 503, no request hangs; no job loses an attempt by it',
  run: (run) => underLoad(run, { site: { workers: 3 }, mayBreak: false }, loseStore),
};

async function loseStore(scene: Scene): Promise<Found> {
  const { s3 } = scene.site;
  await spread(scene, 2, (n) =>
    n === 0
      ? during(
          AWAY_MS,
          () => s3.signal('SIGSTOP'),
          () => s3.signal('SIGCONT'),
        )
      : during(
          AWAY_MS,
          () => s3.signal('SIGKILL'),
          () => s3.start(),
        ),
  );
  await allEnded(scene);
  const { longestGapMs } = scene.client.met();
  return {
    recoverMs: Math.max(0, longestGapMs - AWAY_MS),
    violations: longestGapMs > ACCEPTING_WITHIN_MS ? [`nothing was accepted for ${longestGapMs} ms`] : [],
  };
}
