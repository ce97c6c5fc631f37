import { deliveryKey, webhookId, type Delivery } from '@whisper/shared/contracts/webhook';
import type { Logger } from '@whisper/shared/kit/logger';
import type { AddressGuard } from '@whisper/shared/outbound/address-guard';
import type { ResultCache } from '@whisper/shared/storage/result-cache';
import type { DeliveryRecords } from '@whisper/shared/webhooks/delivery-records';
import { claimed, settled, type Outcome } from '@whisper/shared/webhooks/delivery-states';
import { sendWebhook } from './send-webhook.ts';
import { signatureHeaders } from './sign-webhook.ts';
import type { SigningSecrets } from './webhook-secrets.ts';

export interface AttemptDelivery {
  readonly log: Logger;
  readonly deliveries: DeliveryRecords;
  readonly results: ResultCache;
  readonly secrets: SigningSecrets;
  readonly guard: AddressGuard;
  /** Wall clock, in milliseconds. */
  readonly now: () => number;
  readonly random: () => number;
}

/**
 * One attempt at a delivery that is due: claims it, so that no other ingest is at it, sends it, and writes down what came
 * of it. A crash in between costs the receiver a duplicate, never the webhook.
 * @returns the delivery as it is now; `undefined` when it was erased or has expired
 * @throws PipelineError `queue_unavailable`: it stays due
 */
export async function attemptDelivery(
  deps: AttemptDelivery,
  seen: Delivery,
  stop: AbortSignal,
): Promise<Delivery | undefined> {
  const key = deliveryKey(seen.jobId, seen.endpointId);
  const mine = await deps.deliveries.change(key, (current) =>
    isAsSeen(current, seen) ? claimed(current, deps.now()) : undefined,
  );
  if (!mine) return (await deps.deliveries.get(key))?.value; // somebody else is at it, or it is told already
  const outcome = await send(deps, mine, stop);
  const after = await deps.deliveries.change(key, (current) =>
    isSameTry(current, mine) ? settled(current, outcome, deps.now(), deps.random()) : undefined,
  );
  if (after) tell(deps.log, after, outcome);
  return after ?? (await deps.deliveries.get(key))?.value;
}

const isAsSeen = (current: Delivery, seen: Delivery): boolean =>
  current.state === 'pending' &&
  current.nextAttemptAt === seen.nextAttemptAt &&
  current.claimedUntil === seen.claimedUntil;

/** Whoever asked for it anew meanwhile gets all of it. */
const isSameTry = (current: Delivery, mine: Delivery): boolean =>
  current.state === 'pending' && current.claimedUntil === mine.claimedUntil && current.round === mine.round;

async function send(deps: AttemptDelivery, delivery: Delivery, stop: AbortSignal): Promise<Outcome> {
  const body = await bodyOf(deps, delivery);
  const signed = { id: webhookId(delivery), timestampSeconds: Math.floor(deps.now() / 1000), body };
  const headers = signatureHeaders(signed, await deps.secrets.of(delivery.tenant));
  return sendWebhook(deps.guard, { url: delivery.url, body, headers, stop });
}

/** In the shape of OpenAI's events. The text is looked up when it is sent, so that an erased one is not told. */
async function bodyOf({ results }: AttemptDelivery, delivery: Delivery): Promise<string> {
  const { createdAt, end, resultKey, withText } = delivery;
  const told = withText && end?.kind === 'completed' ? await results.get(resultKey) : undefined;
  return JSON.stringify({
    id: webhookId(delivery),
    object: 'event',
    type: `whisper.job.${end?.kind ?? ''}`,
    created_at: Math.floor(Date.parse(end?.at ?? createdAt) / 1000),
    data: { ...end?.data, ...(told && { text: told.transcript.text }) },
  });
}

/** Neither the address, which may hold a password, nor anything that was sent. */
function tell(log: Logger, after: Delivery, outcome: Outcome): void {
  const { attempts, endpointId, jobId, state } = after;
  const fields = { jobId, endpointId, attempts, state, outcome };
  if (state === 'undelivered') log.warn(fields, 'webhook given up');
  else log.debug(fields, 'webhook tried');
}
