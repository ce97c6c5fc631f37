import type { Fault } from '../run/fault.ts';
import { during, spread } from '../run/pacing.ts';
import { timeToAccept } from '../run/time-to-accept.ts';
import { underLoad, type Found, type Scene } from '../run/under-load.ts';
import { executions } from '../worker-faults/executions.ts';

const AWAY_MS = 30_000;
/** A probe each 2 s finds it again. */
const ACCEPTING_WITHIN_MS = 10_000;

export const lostStore: Fault = {
  id: 'F10',
  title: `the S3 server is stopped (SIGSTOP) for ${AWAY_MS / 1_000} s, then killed for as long`,
  load: '3 workers of 4 slots',
  criterion: `uploads get 503, no request hangs; no job loses an attempt by it; accepting ${ACCEPTING_WITHIN_MS / 1_000} s after it is back`,
  run: (run) => underLoad(run, { site: { workers: 3 }, mayBreak: false }, loseStore),
};

async function loseStore(scene: Scene): Promise<Found> {
  const { s3 } = scene.site;
  const times: number[] = [];
  await spread(scene, 2, async (n) => {
    const stop = (): Promise<void> => s3.signal(n === 0 ? 'SIGSTOP' : 'SIGKILL');
    const undo = (): Promise<void> => (n === 0 ? s3.signal('SIGCONT') : s3.start());
    await during(AWAY_MS, stop, undo);
    times.push(await timeToAccept(scene));
  });
  const recoverMs = Math.max(...times);
  return {
    recoverMs,
    notes: [`${times.length} outages`, await executions(scene)],
    violations: recoverMs > ACCEPTING_WITHIN_MS ? [`nothing was accepted for ${recoverMs} ms more`] : [],
  };
}
