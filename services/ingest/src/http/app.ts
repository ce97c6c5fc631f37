import Router from '@koa/router';
import Koa from 'koa';
import { PipelineError } from '@whisper/shared/contracts/errors';
import type { Logger } from '@whisper/shared/kit/logger';
import type { KeyUsages } from '@whisper/shared/storage/key-usage';
import { identify, type Identify } from '../callers/identify.ts';
import { limitRequests } from '../callers/limit-requests.ts';
import type { RequestRates } from '../callers/request-rates.ts';
import { dialectOf, dialects } from '../dialects/dialects.ts';
import { docsPage } from '../openapi/docs-page.ts';
import { openApiDocument } from '../openapi/document.ts';
import { cors } from './cors.ts';
import { errorResponse } from './error-response.ts';
import { farewell } from './farewell.ts';
import { getJobEvents, type GetJobEvents } from './get-job-events.ts';
import { getUsage } from './get-usage.ts';
import { getStatus, type GetStatus } from './get-status.ts';
import { addJobRoutes } from './job-routes.ts';
import { postUpload, type PostUpload } from './post-upload.ts';
import { requestId } from './request-id.ts';
import { securityHeaders } from './security-headers.ts';
import { addWebhookRoutes, type WebhookRoutes } from './webhook-routes.ts';

export interface AppDeps extends PostUpload, GetStatus, GetJobEvents, WebhookRoutes, Identify {
  readonly rates: RequestRates;
  readonly usages: KeyUsages;
  readonly corsOrigins: readonly string[];
  readonly log: Logger;
  /** Aborts when this process begins to stop. */
  readonly stop: AbortSignal;
  /** Why this process should get no requests now, if so. */
  readonly notReady: () => Promise<string | undefined>;
}

/** The HTTP face: every route on one page. */
export function createApp(deps: AppDeps): Koa {
  const router = new Router();
  for (const route of dialects.flatMap(({ uploads }) => uploads)) {
    router.post(route.path, postUpload(deps, route));
  }
  for (const { path, respond } of dialects.flatMap(({ reads }) => reads)) {
    router.get(path, (ctx) => {
      ctx.body = respond(ctx.params, deps.models);
    });
  }
  addJobRoutes(router, deps);
  addWebhookRoutes(router, deps);
  router.get('/jobs/:id/events', getJobEvents(deps));
  router.get('/status', getStatus(deps));
  router.get('/usage', getUsage(deps));
  router.get('/livez', (ctx) => {
    ctx.body = { alive: true };
  });
  router.get('/readyz', async (ctx) => {
    const why = await deps.notReady();
    ctx.status = why ? 503 : 200;
    ctx.body = why ? { ready: false, why } : { ready: true, workers: deps.workers.workers().length };
  });
  const document = openApiDocument();
  router.get('/openapi.json', (ctx) => {
    ctx.body = document;
  });
  router.get('/docs', (ctx) => {
    ctx.type = 'html';
    ctx.body = docsPage(document);
  });
  const app = new Koa();
  app.on('error', (err: unknown) => {
    deps.log.warn({ err }, 'response not delivered');
  });
  app.use(requestId);
  app.use(securityHeaders);
  app.use(cors(deps.corsOrigins));
  app.use(farewell(deps.stop));
  app.use(errorResponse(dialectOf, deps.log));
  app.use(identify(deps));
  app.use(limitRequests(deps.rates));
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
