import type { Context } from 'koa';
import { z } from 'zod';
import { PipelineError } from '@whisper/shared/contracts/errors';

const PREFERENCE = /(?:^|[,;\s])respond-async(?:$|[,;\s])/i;
const flagSchema = z.stringbool();

/**
 * Whether a request asks for a job to follow rather than to wait: `?async=true`, or `Prefer: respond-async` (RFC 7240).
 * @throws PipelineError `invalid_option`
 */
export function wantsAsync(ctx: Context): boolean {
  const { async: asked } = ctx.query;
  if (asked === undefined) return PREFERENCE.test(ctx.get('Prefer'));
  const flag = flagSchema.safeParse(asked);
  if (flag.success) return flag.data;
  throw new PipelineError('invalid_option', 'async: must be true or false', { field: 'async' });
}
