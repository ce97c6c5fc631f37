import { RequestError, TimeoutError } from '@nats-io/transport-node';
import type { Bus } from '@whisper/shared/bus/connect';
import {
  jobOfWaiting,
  WAITING_ANSWER_MS,
  WAITING_FILTER,
  waitingSubject,
} from '@whisper/shared/contracts/waiting-question';
import { abandonJob } from '@whisper/shared/jobs/cancel-job';
import type { Logger } from '@whisper/shared/kit/logger';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import type { Completions } from './completions.ts';

export interface AbandonmentDeps {
  readonly bus: Bus;
  readonly log: Logger;
  readonly records: JobRecords;
  readonly completions: Completions;
  /** CANCEL_ABANDONED. */
  readonly cancels: boolean;
}

/** What becomes of a job when a client that waited for it has gone. */
export interface Abandonment extends AsyncDisposable {
  readonly clientGone: (jobId: string) => void;
}

/**
 * Where the operator wants that, a job ends that only waiting requests had asked for, once none of them is left here or
 * in any other ingest.
 */
export function watchAbandonment(deps: AbandonmentDeps): Abandonment {
  const { bus, completions, log } = deps;
  const answers = bus.connection.subscribe(WAITING_FILTER, {
    callback: (error, message) => {
      if (!error && completions.isWaitedFor(jobOfWaiting(message.subject))) message.respond();
    },
  });
  return {
    clientGone: (jobId) => {
      if (!deps.cancels || completions.isWaitedFor(jobId)) return;
      endIfAbandoned(deps, jobId).catch((err: unknown) => {
        log.warn({ err, jobId }, 'abandoned job not cancelled: it goes on');
      });
    },
    [Symbol.asyncDispose]: () => answers.drain(),
  };
}

async function endIfAbandoned(deps: AbandonmentDeps, jobId: string): Promise<void> {
  if (await isWaitedForElsewhere(deps.bus, jobId)) return;
  if (deps.completions.isWaitedFor(jobId)) return; // somebody has come in the meantime
  const record = await abandonJob({ bus: deps.bus, name: 'ingest' }, deps.records, jobId);
  if (record?.state === 'cancelled') deps.log.info({ jobId }, 'job cancelled: nobody waits for it');
}

async function isWaitedForElsewhere(bus: Bus, jobId: string): Promise<boolean> {
  try {
    await bus.connection.request(waitingSubject(jobId), undefined, { timeout: WAITING_ANSWER_MS });
    return true;
  } catch (error) {
    if (error instanceof TimeoutError || (error instanceof RequestError && error.isNoResponders()))
      return false;
    throw error;
  }
}
