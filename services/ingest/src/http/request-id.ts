import { randomBytes } from 'node:crypto';
import type { Middleware } from 'koa';

/** Every response can be named to whoever runs this server: `X-Request-Id`, in the log of failures too. */
export const requestId: Middleware = async (ctx, next) => {
  ctx.set('X-Request-Id', newRequestId());
  await next();
};

export function newRequestId(): string {
  return `req_${randomBytes(16).toString('hex')}`;
}
