import type { Context } from 'koa';
import { describeStatus, type DescribeStatus } from '../status/describe-status.ts';
import { statusPage } from '../status/status-page.ts';

export type GetStatus = DescribeStatus;

/** `GET /status`: JSON for programs, a page for a browser. */
export function getStatus(deps: GetStatus): (ctx: Context) => Promise<void> {
  return async (ctx) => {
    const status = await describeStatus(deps);
    ctx.vary('Accept');
    if (ctx.accepts('json', 'html') === 'html') {
      ctx.type = 'html';
      ctx.body = statusPage(status);
    } else {
      ctx.type = 'json';
      ctx.body = `${JSON.stringify(status, undefined, 2)}\n`;
    }
  };
}
