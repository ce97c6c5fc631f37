import type { Context } from 'koa';
import { DEFAULT_TENANT } from '@whisper/shared/contracts/identifiers';

/** Who asks: whose jobs and results a request may see, and whose share of the fleet its work takes. */
export interface Caller {
  readonly tenant: string;
}

/** Whoever comes without a key, where none is asked for. */
export const KEYLESS: Caller = { tenant: DEFAULT_TENANT };

const CALLER = Symbol('caller');

/** Said once a request, before any handler runs. */
export function setCaller(ctx: Context, caller: Caller): void {
  (ctx.state as { [CALLER]?: Caller })[CALLER] = caller;
}

export function callerOf(ctx: Context): Caller {
  const caller = (ctx.state as { [CALLER]?: Caller })[CALLER];
  if (caller) return caller;
  throw new Error('a request was handled before its caller was known');
}
