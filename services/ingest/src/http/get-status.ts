import type { Context } from 'koa';
import { callerOf } from '../callers/caller.ts';
import { describeStatus, type DescribeStatus } from '../status/describe-status.ts';
import { statusPage } from '../status/status-page.ts';
import { forTenant } from '../status/tenant-status.ts';

export type GetStatus = DescribeStatus;

/** `GET /status`: for operators everything, as JSON or as a page for a browser; for a tenant what concerns it. */
export function getStatus(deps: GetStatus): (ctx: Context) => Promise<void> {
  return async (ctx) => {
    const status = await describeStatus(deps);
    const { scopes, tenant } = callerOf(ctx);
    if (!scopes.includes('admin')) {
      sendJson(ctx, forTenant(status, tenant));
      return;
    }
    ctx.vary('Accept');
    if (ctx.accepts('json', 'html') === 'html') {
      ctx.type = 'html';
      ctx.body = statusPage(status);
    } else sendJson(ctx, status);
  };
}

function sendJson(ctx: Context, status: object): void {
  ctx.type = 'json';
  ctx.body = `${JSON.stringify(status, undefined, 2)}\n`;
}
