import Router from '@koa/router';
import Koa from 'koa';
import { PipelineError } from '@whisper/shared/contracts/errors';
import type { Logger } from '@whisper/shared/kit/logger';
import { errorResponse } from './error-response.ts';
import { getStatus, type GetStatus } from './get-status.ts';
import { addJobRoutes } from './job-routes.ts';
import { createPostJob, postTranscription, type PostTranscription } from './post-transcription.ts';

export interface AppDeps extends PostTranscription, GetStatus {
  readonly log: Logger;
  /** Why this process should get no requests now, if so. */
  readonly notReady: () => Promise<string | undefined>;
}

/** The HTTP face: every route on one page. */
export function createApp(deps: AppDeps): Koa {
  const router = new Router();
  router.post('/transcribe', postTranscription(deps));
  router.post('/jobs', createPostJob(deps));
  addJobRoutes(router, deps);
  router.get('/status', getStatus(deps));
  router.get('/livez', (ctx) => {
    ctx.body = { alive: true };
  });
  router.get('/readyz', async (ctx) => {
    const why = await deps.notReady();
    ctx.status = why ? 503 : 200;
    ctx.body = why ? { ready: false, why } : { ready: true };
  });
  const app = new Koa();
  app.on('error', (err: unknown) => {
    deps.log.warn({ err }, 'response not delivered');
  });
  app.use(errorResponse(deps.log));
  app.use(router.routes());
  app.use(
    router.allowedMethods({
      throw: true,
      methodNotAllowed: () => new PipelineError('method_not_allowed', 'not with this method'),
      notImplemented: () => new PipelineError('method_not_allowed', 'not with this method'),
    }),
  );
  return app;
}
