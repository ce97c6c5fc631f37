import type { Bus } from '@whisper/shared/bus/connect';
import type { Logger } from '@whisper/shared/kit/logger';
import type { JobRecords } from '@whisper/shared/storage/job-records';
import type { ResultCache } from '@whisper/shared/storage/result-cache';
import type { JobEnd } from '@whisper/shared/contracts/webhook';
import type { CommonFields } from '../dialects/common-fields.ts';
import { chooseWebhook, type ChooseWebhook, type WebhookCaller } from './choose-webhook.ts';
import { openDeliveryRecords, type DeliveryRecords } from '@whisper/shared/webhooks/delivery-records';
import type { JobOfWebhook, Wanted } from '@whisper/shared/webhooks/delivery-states';
import { followEnds } from './follow-ends.ts';
import { registerWebhook } from './register-webhook.ts';
import { runDeliveries } from './run-deliveries.ts';
import { openSigningSecrets, type SigningSecrets } from './webhook-secrets.ts';

export type { Wanted };

export interface StartWebhooks extends ChooseWebhook {
  readonly bus: Bus;
  readonly log: Logger;
  readonly records: JobRecords;
  readonly results: ResultCache;
  /** Wall clock, in milliseconds; waits are measured by it, so that they survive restarts. */
  readonly now: () => number;
}

/** Who wants to be told of which job, and what they are told it with. */
export interface Webhooks extends AsyncDisposable {
  /** @throws PipelineError `url_refused` with the field `webhook_url` */
  readonly wanted: (caller: WebhookCaller, asked: CommonFields['webhook']) => Promise<Wanted | undefined>;
  /**
   * Has the end of a job told.
   * @param end where there will be no event of it
   */
  readonly register: (job: JobOfWebhook, wanted: Wanted, end?: JobEnd) => Promise<void>;
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
    wanted: (caller, asked) => chooseWebhook(deps, caller, asked),
    register: (job, wanted, end) => registerWebhook({ ...deps, deliveries }, job, wanted, end),
    [Symbol.asyncDispose]: async () => {
      await following[Symbol.asyncDispose]();
      await running[Symbol.asyncDispose]();
    },
  };
}
