import { PipelineError } from '../contracts/errors.ts';
import { keyOfDelivery, type Delivery } from '../contracts/webhook.ts';
import { due } from './delivery-states.ts';
import type { DeliveryRecords } from './delivery-records.ts';

/**
 * A delivery by its id, of this tenant, or of any where none is named.
 * @throws PipelineError `unknown_delivery`, also for those of others
 */
export async function findDelivery(
  deliveries: DeliveryRecords,
  tenant: string | undefined,
  id: string,
): Promise<{ readonly key: string; readonly delivery: Delivery }> {
  const key = keyOfDelivery(id);
  const found = key === undefined ? undefined : await deliveries.get(key);
  const isSeen = tenant === undefined || found?.value.tenant === tenant;
  if (key !== undefined && found && isSeen) return { key, delivery: found.value };
  throw new PipelineError('unknown_delivery', 'there is no such delivery');
}

/**
 * Has a job's end told again, under the same id and with another day before it, whether it was told or given up.
 * @throws PipelineError `unknown_delivery`; `job_unfinished` while there is nothing to tell
 */
export async function redeliver(
  deliveries: DeliveryRecords,
  tenant: string | undefined,
  id: string,
  nowMs: number,
): Promise<Delivery> {
  const { delivery, key } = await findDelivery(deliveries, tenant, id);
  if (!delivery.end)
    throw new PipelineError('job_unfinished', 'the job has not ended yet: there is nothing to tell');
  return (await deliveries.change(key, (current) => due(current, nowMs))) ?? delivery;
}
