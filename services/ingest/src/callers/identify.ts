import type { Context, Middleware } from 'koa';
import { KEY_PREFIX } from '@whisper/shared/contracts/api-key';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { callerWith, setCaller, type Caller } from './caller.ts';
import type { KeyRing } from './key-ring.ts';
import { neededScope } from './needed-scope.ts';
import { shownKey } from './shown-key.ts';

export interface Identify {
  readonly keys: KeyRing;
  /** Who comes without a key; missing where a key is required. */
  readonly keyless: Caller | undefined;
}

/** Who asks, and whether they may, before a byte of the body is read. */
export function identify(deps: Identify): Middleware {
  return async (ctx, next) => {
    const needed = neededScope(ctx.method, ctx.path);
    const caller = callerFor(deps, ctx) ?? deps.keyless;
    if (caller) setCaller(ctx, caller);
    if (needed !== 'nothing') checkScope(caller, needed);
    await next();
  };
}

/** @throws PipelineError `invalid_api_key` for a key of ours that is wrong, wherever it is shown */
function callerFor({ keyless, keys }: Identify, { req }: Context): Caller | undefined {
  const shown = shownKey(req);
  if (shown === undefined) return undefined;
  // Clients that cannot do without a key send any word where none is asked for.
  if (keyless && !shown.startsWith(KEY_PREFIX)) return undefined;
  return callerWith(keys.open(shown));
}

function checkScope(caller: Caller | undefined, needed: ReturnType<typeof neededScope>): void {
  if (!caller) {
    throw new PipelineError('missing_api_key', 'send an API key: Authorization: Bearer ws_…');
  }
  if (needed === 'any' || needed === 'nothing' || caller.scopes.includes(needed)) return;
  throw new PipelineError('insufficient_scope', `the API key may not do this: it lacks "${needed}"`);
}
