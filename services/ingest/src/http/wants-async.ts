import type { Context } from 'koa';
import { queryFlag } from './query-flag.ts';

const PREFERENCE = /(?:^|[,;\s])respond-async(?:$|[,;\s])/i;

/**
 * Whether a request asks for a job to follow rather than to wait: `?async=true`, or `Prefer: respond-async` (RFC 7240).
 * @throws PipelineError `invalid_option`
 */
export function wantsAsync(ctx: Context): boolean {
  return queryFlag(ctx, 'async') ?? PREFERENCE.test(ctx.get('Prefer'));
}
