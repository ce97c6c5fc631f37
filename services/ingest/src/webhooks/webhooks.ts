import type { Bus } from '@whisper/shared/bus/connect';
import type { Logger } from '@whisper/shared/kit/logger';
import type { AddressGuard } from '@whisper/shared/outbound/address-guard';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import type { ResultCache } from '@whisper/shared/storage/result-cache';
import { openDeliveryRecords, type DeliveryRecords } from './delivery-records.ts';
import { followEnds } from './follow-ends.ts';
import { runDeliveries } from './run-deliveries.ts';
import { openSigningSecrets, type SigningSecrets } from './webhook-secrets.ts';

export interface StartWebhooks {
  readonly bus: Bus;
  readonly log: Logger;
  readonly records: JobRecords;
  readonly results: ResultCache;
  readonly guard: AddressGuard;
  /** Wall clock, in milliseconds; waits are measured by it, so that they survive restarts. */
  readonly now: () => number;
}

/** Who wants to be told of which job, and what they are told it with. */
export interface Webhooks extends AsyncDisposable {
  readonly deliveries: DeliveryRecords;
  readonly secrets: SigningSecrets;
  readonly now: () => number;
}

/** Starts to follow the ends of jobs and to deliver them. */
export async function startWebhooks(deps: StartWebhooks): Promise<Webhooks> {
  const deliveries = await openDeliveryRecords(deps.bus);
  const secrets = await openSigningSecrets(deps.bus, deps.now);
  const running = await runDeliveries({ ...deps, deliveries, secrets, random: Math.random });
  const following = followEnds({ ...deps, deliveries });
  return {
    ...{ deliveries, secrets, now: deps.now },
    [Symbol.asyncDispose]: async () => {
      await following[Symbol.asyncDispose]();
      await running[Symbol.asyncDispose]();
    },
  };
}
