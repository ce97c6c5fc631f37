import type Router from '@koa/router';
import type { Bus } from '@whisper/shared/bus/connect';
import { callerOf } from '../callers/caller.ts';
import { describeDelivery } from '@whisper/shared/webhooks/describe-delivery';
import { listDeliveries } from '@whisper/shared/webhooks/list-deliveries';
import { readDeliveryQuery } from '../webhooks/read-delivery-query.ts';
import { findDelivery, redeliver } from '@whisper/shared/webhooks/redeliver';
import type { Webhooks } from '../webhooks/webhooks.ts';

export interface WebhookRoutes {
  readonly bus: Bus;
  readonly webhooks: Webhooks;
}

/** The webhooks of a tenant: which were delivered, once more those that were not, and what they are signed with. */
export function addWebhookRoutes(router: Router, { bus, webhooks }: WebhookRoutes): void {
  const { deliveries, now, secrets } = webhooks;
  router.get('/webhooks/deliveries', async (ctx) => {
    const filter = { ...readDeliveryQuery(ctx.query), tenant: callerOf(ctx).tenant };
    const page = await listDeliveries(bus, filter);
    ctx.body = { deliveries: page.deliveries.map(describeDelivery), next: page.next?.toString() ?? null };
  });
  router.get('/webhooks/deliveries/:id', async (ctx) => {
    const found = await findDelivery(deliveries, callerOf(ctx).tenant, idOf(ctx.params));
    ctx.body = describeDelivery(found.delivery);
  });
  router.post('/webhooks/deliveries/:id/redeliver', async (ctx) => {
    const delivery = await redeliver(deliveries, callerOf(ctx).tenant, idOf(ctx.params), now());
    ctx.status = 202;
    ctx.body = describeDelivery(delivery);
  });
  router.get('/webhooks/secret', async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    ctx.body = { secrets: await secrets.of(callerOf(ctx).tenant) };
  });
  router.post('/webhooks/secret/rotate', async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    ctx.body = { secrets: await secrets.rotate(callerOf(ctx).tenant) };
  });
}

const idOf = (params: unknown): string => (params as { id?: string }).id ?? '';
