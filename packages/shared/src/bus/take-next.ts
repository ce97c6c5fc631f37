import type { Bus } from './connect.ts';
import { isDelivery, toDelivery, type Delivery } from './delivery.ts';
import { PipelineError } from '../contracts/errors.ts';

const REQUEST = new TextEncoder().encode(JSON.stringify({ batch: 1, no_wait: true }));
const EMPTY_CODES = [404, 408];

/**
 * Asks a pull consumer for one message and does not wait: `undefined` when it has none.
 * The client has no such call; `noMux` matters, since JetStream delivers with the original subject,
 * which the shared inbox cannot route.
 * @throws PipelineError `queue_unavailable` when the consumer is gone; a RequestError when nobody answers
 */
export async function takeNext(bus: Bus, stream: string, consumer: string): Promise<Delivery | undefined> {
  const answer = await bus.connection.request(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, REQUEST, {
    noMux: true,
    reply: bus.inbox(),
    timeout: 2_000,
  });
  if (isDelivery(answer)) return toDelivery(bus.connection, answer);
  const code = answer.headers?.code ?? 0;
  if (EMPTY_CODES.includes(code)) return undefined;
  throw new PipelineError('queue_unavailable', `consumer ${stream}/${consumer} answered ${code}`);
}
