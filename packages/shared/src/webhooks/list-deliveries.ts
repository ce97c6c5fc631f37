import type { Bus } from '../bus/connect.ts';
import { busError } from '../bus/nats-errors.ts';
import { readSlice } from '../bus/read-stream.ts';
import { decodeJson } from '../contracts/define-message.ts';
import { BUCKETS } from '../contracts/topology.ts';
import { deliveriesOfJob, deliverySchema, type Delivery } from '../contracts/webhook.ts';

const STREAM = `KV_${BUCKETS.webhooks.name}`;
/** Revisions looked through at a time, and at the most for one page. */
const WINDOW = 250;
const MAX_WINDOWS = 20;

export interface DeliveryFilter {
  /** Of one tenant only. */
  readonly tenant?: string | undefined;
  readonly jobId?: string | undefined;
  readonly states?: readonly Delivery['state'][] | undefined;
  readonly limit: number;
  /** `next` of the page before. */
  readonly before?: number | undefined;
}

export interface DeliveryPage {
  readonly deliveries: readonly Delivery[];
  /** Where to go on; missing when there is no more. A page may be short of its limit and still have a next one. */
  readonly next?: number;
}

/**
 * Deliveries, the latest changed first; a page costs the same whatever the bucket holds.
 * @throws PipelineError `queue_unavailable`
 */
export async function listDeliveries(bus: Bus, filter: DeliveryFilter): Promise<DeliveryPage> {
  const { first, last } = await bounds(bus);
  let before = Math.min(filter.before ?? Infinity, last + 1);
  const deliveries: Delivery[] = [];
  for (let looked = 0; before > first && looked < MAX_WINDOWS; looked++) {
    const from = Math.max(first, before - WINDOW);
    for (const { delivery, sequence } of await window(bus, filter, from, before)) {
      if (deliveries.length === filter.limit) return { deliveries, next: sequence + 1 };
      if (matches(delivery, filter)) deliveries.push(delivery);
    }
    before = from;
  }
  return before > first ? { deliveries, next: before } : { deliveries };
}

async function bounds(bus: Bus): Promise<{ first: number; last: number }> {
  try {
    const { state } = await bus.manager.streams.info(STREAM);
    return { first: state.first_seq, last: state.last_seq };
  } catch (error) {
    throw busError(error, 'listing webhooks');
  }
}

async function window(
  bus: Bus,
  { jobId }: DeliveryFilter,
  from: number,
  before: number,
): Promise<readonly { delivery: Delivery; sequence: number }[]> {
  const subject = `$KV.${BUCKETS.webhooks.name}.${jobId === undefined ? '*.*' : deliveriesOfJob(jobId)}`;
  const found = await readSlice(bus, { stream: STREAM, subject, from, count: before - from });
  return found
    .filter(({ data, seq }) => seq < before && data.length > 0)
    .map(({ data, seq }) => ({ sequence: seq, delivery: decodeJson('webhook', deliverySchema, data) }))
    .reverse();
}

function matches(delivery: Delivery, { states, tenant }: DeliveryFilter): boolean {
  if (tenant !== undefined && delivery.tenant !== tenant) return false;
  return !states || states.includes(delivery.state);
}
