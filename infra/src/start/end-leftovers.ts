import { join } from 'node:path';
import { endStaleProcesses } from '../processes/end-stale-processes.ts';
import type { StartContext } from './start-context.ts';

const GRACE_MS = 5000;

/** Ends what is left of a run that was killed. */
export async function endLeftovers({ settings, say }: StartContext): Promise<void> {
  const ended = await endStaleProcesses(join(settings.DATA_DIR, 'run'), GRACE_MS);
  if (ended.length > 0) say(`Ended what a killed run had left: ${ended.join(', ')}`);
}
