import type { Middleware } from 'koa';

/** While the process stops, each answer tells its client to leave the connection: the next request goes elsewhere. */
export function farewell(stop: AbortSignal): Middleware {
  return async (ctx, next) => {
    await next();
    // With a body still coming, Node would hang up before the answer is read; see `error-response`.
    if (stop.aborted && ctx.req.complete && !ctx.headerSent) ctx.set('Connection', 'close');
  };
}
