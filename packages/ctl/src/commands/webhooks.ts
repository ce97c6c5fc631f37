import type { Bus } from '@whisper/shared/bus/connect';
import { DELIVERY_STATES, deliveryId, type Delivery } from '@whisper/shared/contracts/webhook';
import { openDeliveryRecords, type DeliveryRecords } from '@whisper/shared/webhooks/delivery-records';
import { describeDelivery } from '@whisper/shared/webhooks/describe-delivery';
import { listDeliveries, type DeliveryFilter } from '@whisper/shared/webhooks/list-deliveries';
import { redeliver } from '@whisper/shared/webhooks/redeliver';
import type { Command } from '../command.ts';
import { readNumber, readStates } from '../read-options.ts';
import { columns } from '../text/columns.ts';
import { age } from '../text/duration.ts';

/** `all` in the place of an id means every webhook that was given up. */
const ALL = 'all';
const PAGE = 200;

const list: Command = {
  name: 'webhooks list',
  arguments: [],
  options: {
    state: { type: 'string', means: `one or more of ${DELIVERY_STATES.join(', ')}` },
    job: { type: 'string', means: 'only those of this job' },
    tenant: { type: 'string', means: 'only those of this tenant' },
    limit: { type: 'string', means: 'how many at the most (20)' },
    after: { type: 'string', means: 'go on after a page: its "next"' },
  },
  summary: "who is told of jobs' ends, the latest changed first",
  run: async ({ bus, paint }, { option }) => {
    const { deliveries, next } = await listDeliveries(bus, {
      states: readStates(DELIVERY_STATES, option('state')),
      jobId: option('job'),
      tenant: option('tenant'),
      limit: readNumber('limit', option('limit') ?? '20'),
      ...(option('after') && { before: readNumber('after', option('after') ?? '') }),
    });
    const lines = columns([HEAD.map(paint.quiet), ...deliveries.map(rowOf)], 'llrlll');
    const more = next === undefined ? [] : [paint.quiet(`more: --after ${next}`)];
    return {
      json: { deliveries: deliveries.map(toJson), next: next ?? null },
      text: [...lines, ...more].join('\n'),
    };
  },
};

const tellAgain: Command = {
  name: 'webhooks redeliver',
  arguments: ['id'],
  summary: 'tells a job\'s end now, and for another day; "all" for every one that was given up',
  run: async ({ bus }, { arguments: [id = ''] }) => {
    const deliveries = await openDeliveryRecords(bus);
    const told: Delivery[] = [];
    for await (const each of id === ALL ? givenUp(bus) : [id]) told.push(await again(deliveries, each));
    const lines = told.map((delivery) => `${deliveryId(delivery)} is due`);
    return {
      json: { deliveries: told.map(toJson) },
      text: lines.length > 0 ? lines.join('\n') : 'none was given up',
    };
  },
};

export const webhookCommands: readonly Command[] = [list, tellAgain];

const HEAD = ['webhook', 'state', 'tries', 'changed', 'last answer', 'receiver'];

function rowOf(delivery: Delivery): readonly string[] {
  const { attempts, createdAt, lastAttempt, state } = delivery;
  const answer = lastAttempt ? String(lastAttempt.error ?? lastAttempt.status ?? '') : '–';
  const { url } = describeDelivery(delivery);
  const changed = `${age(lastAttempt?.at ?? createdAt)} ago`;
  return [deliveryId(delivery), state, String(attempts), changed, answer, url];
}

/** As by HTTP, and whose it is. */
const toJson = (delivery: Delivery): object => ({ tenant: delivery.tenant, ...describeDelivery(delivery) });

const again = (deliveries: DeliveryRecords, id: string): Promise<Delivery> =>
  redeliver(deliveries, undefined, id, Date.now());

/** Page by page from the latest on: what becomes due meanwhile is written in front of them. */
async function* givenUp(bus: Bus): AsyncGenerator<string> {
  for (let before: Pick<DeliveryFilter, 'before'> | undefined = {}; before;) {
    const { deliveries, next } = await listDeliveries(bus, {
      states: ['undelivered'],
      limit: PAGE,
      ...before,
    });
    yield* deliveries.map(deliveryId);
    before = next === undefined ? undefined : { before: next };
  }
}
