import type { Middleware } from 'koa';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { knownCaller } from './caller.ts';
import type { RequestRates } from './request-rates.ts';
import type { RateState } from './token-bucket.ts';

/** Every request of a key with a limit counts, and every answer says what is left, in the words of OpenAI's API. */
export function limitRequests(rates: RequestRates): Middleware {
  return async (ctx, next) => {
    const key = knownCaller(ctx)?.key;
    const state = key && rates.take(key);
    if (state) {
      ctx.set(rateHeaders(state));
      if (!state.taken) throw rateLimited(state);
    }
    await next();
  };
}

function rateHeaders({ limit, remaining, resetMs }: RateState): Record<string, string> {
  return {
    'x-ratelimit-limit-requests': String(limit),
    'x-ratelimit-remaining-requests': String(remaining),
    'x-ratelimit-reset-requests': spellDuration(resetMs),
  };
}

function rateLimited({ limit, waitMs }: RateState): PipelineError {
  return new PipelineError('rate_limited', `the API key may send ${limit} requests a minute`, {
    retryAfterSeconds: Math.ceil(waitMs / 1000),
  });
}

/** As OpenAI writes it: `120ms`, `8.64s`, `1m30s`. */
export function spellDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = Math.round((ms - minutes * 60_000) / 10) / 100;
  return `${minutes > 0 ? `${minutes}m` : ''}${seconds}s`;
}
