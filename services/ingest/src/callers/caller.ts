import type { Context } from 'koa';
import { KEY_SCOPES, type ApiKey, type KeyScope } from '@whisper/shared/contracts/api-key';
import { DEFAULT_TENANT } from '@whisper/shared/contracts/identifiers';

/** Who asks: whose jobs and results a request may see, and whose share of the fleet its work takes. */
export interface Caller {
  readonly tenant: string;
  readonly scopes: readonly KeyScope[];
  /** What its work is counted for; missing for those who come without one. */
  readonly key?: ApiKey;
}

export const callerWith = (key: ApiKey): Caller => ({ tenant: key.tenant, scopes: key.scopes, key });

/** Whoever comes without a key, where none is asked for; on the machine itself that is the operator. */
export function keylessCaller(isOperator: boolean): Caller {
  return { tenant: DEFAULT_TENANT, scopes: KEY_SCOPES.filter((scope) => isOperator || scope !== 'admin') };
}

const CALLER = Symbol('caller');

/** Said once a request, before any handler runs. */
export function setCaller(ctx: Context, caller: Caller): void {
  (ctx.state as { [CALLER]?: Caller })[CALLER] = caller;
}

/** @returns nobody for what is told to anybody */
export function knownCaller(ctx: Context): Caller | undefined {
  return (ctx.state as { [CALLER]?: Caller })[CALLER];
}

export function callerOf(ctx: Context): Caller {
  const caller = knownCaller(ctx);
  if (caller) return caller;
  throw new Error('a request was handled before its caller was known');
}
