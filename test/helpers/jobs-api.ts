import { z } from 'zod';

/** A job as `GET /jobs/:id` shows it, and errors as every route tells them. */
const jobSchema = z.strictObject({
  jobId: z.string(),
  state: z.string(),
  model: z.string(),
  class: z.string(),
  lane: z.string().nullable(),
  workerId: z.string().nullable(),
  progress: z.strictObject({ processedSeconds: z.number(), totalSeconds: z.number().nullable() }).nullable(),
  attempts: z.int(),
  submittedAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  error: z.strictObject({ code: z.string(), message: z.string(), field: z.string().optional() }).nullable(),
  links: z.strictObject({ self: z.string(), events: z.string(), result: z.string() }),
});
const placedSchema = jobSchema.extend({ position: z.int().nullable(), etaSeconds: z.number().nullable() });
const pageSchema = z.strictObject({ jobs: z.array(jobSchema), next: z.string().nullable() });
const errorSchema = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string(), field: z.string().optional() }),
});

export type ShownJob = z.infer<typeof placedSchema>;
type Page = z.infer<typeof pageSchema>;

export interface Asked<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

async function ask<T>(schema: z.ZodType<T>, url: string, init: RequestInit = {}): Promise<Asked<T>> {
  const response = await fetch(url, init);
  return { status: response.status, headers: response.headers, body: schema.parse(await response.json()) };
}

/** The routes below `/jobs`, as a client uses them. */
export const jobsApi = {
  submit: async (
    url: string,
    audio: Blob,
    model: string,
    { path = '/jobs', fileName = 'audio' } = {},
  ): Promise<Asked<ShownJob>> => {
    const form = new FormData();
    form.set('file', audio, fileName);
    form.set('model', model);
    return ask(placedSchema, `${url}${path}`, { method: 'POST', body: form });
  },
  get: (url: string, jobId: string): Promise<Asked<ShownJob>> => ask(placedSchema, `${url}/jobs/${jobId}`),
  cancel: (url: string, jobId: string): Promise<Asked<ShownJob>> =>
    ask(placedSchema, `${url}/jobs/${jobId}`, { method: 'DELETE' }),
  retry: (url: string, jobId: string): Promise<Asked<ShownJob>> =>
    ask(placedSchema, `${url}/jobs/${jobId}/retry`, { method: 'POST' }),
  erase: (url: string, jobId: string): Promise<Asked<{ jobId: string; state: string }>> =>
    ask(z.strictObject({ jobId: z.string(), state: z.string() }), `${url}/jobs/${jobId}?erase=true`, {
      method: 'DELETE',
    }),
  list: (url: string, query = ''): Promise<Asked<Page>> => ask(pageSchema, `${url}/jobs${query}`),
  text: (url: string, jobId: string): Promise<Asked<{ text: string }>> =>
    ask(z.strictObject({ text: z.string() }), `${url}/jobs/${jobId}/result`),
  error: async (url: string, path: string, method = 'GET'): Promise<{ status: number; code: string }> => {
    const { status, body } = await ask(errorSchema, `${url}${path}`, { method });
    return { status, code: body.error.code };
  },
};
