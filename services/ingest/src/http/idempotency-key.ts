import type { Context } from 'koa';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { idempotencyKeySchema } from '@whisper/shared/contracts/idempotency';

const FIELD = 'Idempotency-Key';

/**
 * The client's name for a request that it may send again.
 * @returns `undefined` when it has none
 * @throws PipelineError `invalid_option`
 */
export function idempotencyKeyOf(ctx: Context): string | undefined {
  const given = ctx.get(FIELD);
  if (given === '') return undefined;
  const key = idempotencyKeySchema.safeParse(given);
  if (key.success) return key.data;
  throw new PipelineError('invalid_option', `${FIELD}: ${key.error.issues[0]?.message ?? 'invalid'}`, {
    field: FIELD,
  });
}
