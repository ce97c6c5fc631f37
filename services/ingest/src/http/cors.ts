import type { Context, Middleware } from 'koa';

const METHODS = 'GET, POST, DELETE';
const EXPOSED = [
  'X-Request-Id',
  'X-Job-Id',
  'X-Cache',
  'Location',
  'Retry-After',
  'X-RateLimit-Limit-Requests',
  'X-RateLimit-Remaining-Requests',
  'X-RateLimit-Reset-Requests',
].join(', ');
const MAX_AGE_SECONDS = 600;
const HEADER_NAMES = /^[a-z0-9-]{1,64}(?: *, *[a-z0-9-]{1,64}){0,63}$/i;

/**
 * Lets pages of exactly these origins read our answers; none by default. Keys travel in headers, so no cookies or other
 * credentials of a browser are asked for.
 */
export function cors(origins: readonly string[]): Middleware {
  return async (ctx, next) => {
    if (origins.length > 0) ctx.vary('Origin');
    const origin = ctx.get('Origin');
    const isTrusted = origins.includes(origin);
    if (isTrusted) ctx.set('Access-Control-Allow-Origin', origin);
    if (isTrusted && isPreflight(ctx)) {
      allow(ctx);
      return;
    }
    if (isTrusted) ctx.set('Access-Control-Expose-Headers', EXPOSED);
    await next();
  };
}

const isPreflight = (ctx: Context): boolean =>
  ctx.method === 'OPTIONS' && ctx.get('Access-Control-Request-Method') !== '';

/** Clients send headers of their own (`x-stainless-…`): whatever a trusted page asks for. */
function allow(ctx: Context): void {
  const asked = ctx.get('Access-Control-Request-Headers');
  ctx.set('Access-Control-Allow-Methods', METHODS);
  if (HEADER_NAMES.test(asked)) ctx.set('Access-Control-Allow-Headers', asked);
  ctx.set('Access-Control-Max-Age', String(MAX_AGE_SECONDS));
  ctx.vary('Access-Control-Request-Headers');
  ctx.status = 204;
}
