import type { Middleware } from 'koa';

/** For browsers: answers are what they say they are, in no frame, and tell no other site where one came from. */
export const securityHeaders: Middleware = async (ctx, next) => {
  ctx.set({
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
  });
  await next();
};
