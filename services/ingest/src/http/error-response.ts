import type { Context, Middleware } from 'koa';
import { PipelineError, toPipelineError } from '@whisper/shared/contracts/errors';
import type { Logger } from '@whisper/shared/kit/logger';
import type { Dialect } from '../dialects/dialect.ts';

/** After a refusal the client may still be sending: what comes is thrown away for this long. */
const LINGER_MS = 2_000;
/** Where nobody can tell when it will be better. */
const RETRY_AFTER_SECONDS = 5;
/** OpenAI's clients wait no longer before they try again, with all of the audio. */
const WORTH_WAITING_SECONDS = 60;

/** Every failure of a request, told in the words of the dialect that owns its path. */
export function errorResponse(dialectOf: (path: string) => Dialect, log: Logger): Middleware {
  return async (ctx, next) => {
    try {
      await next();
      if (ctx.status === 404 && ctx.body === undefined)
        throw new PipelineError('not_found', 'there is nothing here');
    } catch (thrown) {
      const error = toPipelineError(thrown);
      if (error.httpStatus >= 500) {
        const requestId = ctx.response.get('X-Request-Id');
        log.error({ err: error, path: ctx.path, requestId }, 'request failed');
      }
      answer(ctx, error, dialectOf(ctx.path));
    }
  };
}

function answer(ctx: Context, error: PipelineError, dialect: Dialect): void {
  const { body, status } = dialect.renderError(withoutSecrets(error));
  ctx.status = status;
  ctx.body = body;
  if (error.httpStatus === 401) ctx.set('WWW-Authenticate', 'Bearer');
  if (error.httpStatus === 503 || error.httpStatus === 429) {
    const seconds = error.retryAfterSeconds ?? RETRY_AFTER_SECONDS;
    ctx.set('Retry-After', String(seconds));
    if (seconds > WORTH_WAITING_SECONDS) ctx.set('X-Should-Retry', 'false');
  }
  if (!ctx.req.complete) closeAfterAnswer(ctx);
}

/** What broke inside us is for the log. */
export function withoutSecrets(error: PipelineError): PipelineError {
  return error.code === 'internal'
    ? new PipelineError('internal', 'something went wrong on our side', { cause: error })
    : error;
}

/**
 * Reads on for a while after the answer, so that it is not lost to a reset, then hangs up. A `Connection: close`
 * would make Node hang up at once.
 */
function closeAfterAnswer(ctx: Context): void {
  ctx.res.once('finish', () => {
    ctx.req.resume();
    setTimeout(() => {
      if (!ctx.req.complete) ctx.req.socket.destroy();
    }, LINGER_MS).unref();
  });
}
