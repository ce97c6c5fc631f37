import type { Middleware } from 'koa';
import { KEYLESS, setCaller } from './caller.ts';

/** Who asks, before anything else of a request is looked at. */
export function identify(): Middleware {
  return async (ctx, next) => {
    setCaller(ctx, KEYLESS);
    await next();
  };
}
