import { untilSubmitted } from '../run/pacing.ts';
import type { Found, Scene } from '../run/under-load.ts';

/** P5. */
export const ACCEPTING_WITHIN_MS = 10_000;

/** The longest time without a 202 is how long the fault kept clients out. */
export async function acceptingAgain(
  scene: Scene,
  notes: readonly string[],
  withinMs = ACCEPTING_WITHIN_MS,
): Promise<Found> {
  await untilSubmitted(scene);
  const { longestGapMs } = scene.client.met();
  return {
    notes,
    recoverMs: longestGapMs,
    violations: longestGapMs > withinMs ? [`nothing was accepted for ${longestGapMs} ms`] : [],
  };
}
