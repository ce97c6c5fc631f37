import { eventually } from '../../helpers/eventually.ts';
import type { Client } from '../client/client.ts';
import type { Accepted } from '../client/ledger.ts';
import type { JobHistories } from '../client/job-histories.ts';
import { untilSubmitted } from './pacing.ts';

export const DRAIN_MS = 180_000;

export interface Ending {
  readonly client: Client;
  readonly histories: JobHistories;
  readonly isLoaded: () => boolean;
}

/** Everything has been submitted, and every job that was accepted has told its end; who erases some waits for that itself. */
export async function allEnded({ client, histories, isLoaded }: Ending): Promise<void> {
  const isOver = ({ expected, jobId, wasOver }: Accepted): boolean =>
    wasOver || 'erased' in expected || histories.isEnded(jobId);
  const ended = async (): Promise<boolean> => {
    await histories.catchUp();
    return client.accepted().every(isOver);
  };
  await untilSubmitted({ isLoaded });
  await eventually(ended, { timeoutMs: DRAIN_MS, everyMs: 250 });
}
