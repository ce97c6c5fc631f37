import type { Context } from 'koa';
import { z } from 'zod';
import { PipelineError } from '@whisper/shared/contracts/errors';

const flagSchema = z.stringbool();

/**
 * A parameter of the query that is true or false.
 * @returns `undefined` where it is not given
 * @throws PipelineError `invalid_option`
 */
export function queryFlag(ctx: Context, name: string): boolean | undefined {
  const asked = ctx.query[name];
  if (asked === undefined) return undefined;
  const flag = flagSchema.safeParse(asked);
  if (flag.success) return flag.data;
  throw new PipelineError('invalid_option', `${name}: must be true or false`, { field: name });
}
