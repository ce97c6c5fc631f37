import { z } from 'zod';
import { ownDialect } from '../dialects/own/own-dialect.ts';
import { usageSchema } from '../http/get-usage.ts';
import { jsonBody, pathParameters, type Operation, type Paths } from './operation.ts';

const jobSchema = z.looseObject({
  jobId: z.string(),
  state: z.enum(['queued', 'running', 'completed', 'failed', 'cancelled']),
  model: z.string(),
  attempts: z.int(),
  position: z.int().nullable().optional(),
  etaSeconds: z.number().nullable().optional(),
  links: z.object({ self: z.string(), events: z.string(), result: z.string() }),
});

const erasedSchema = z.object({ jobId: z.string(), state: z.enum(['erasing', 'erased']) });

const text = { type: 'string' };
const query = (name: string, description: string): Operation['parameters'][number] => ({
  name,
  in: 'query',
  description,
  schema: text,
});

const operation = (
  summary: string,
  content: Operation['responses'][string]['content'],
  parameters: Operation['parameters'],
): Operation => ({
  tags: [ownDialect.name],
  summary,
  parameters,
  responses: {
    '200': { description: 'The answer', ...(content && { content }) },
    default: { description: 'What went wrong', content: jsonBody(ownDialect.errorSchema) },
  },
});

const id = pathParameters('/jobs/{id}');

/** Jobs by their id, and what operators ask. */
export const JOB_OPERATIONS: Paths = {
  '/jobs': {
    get: operation(
      'Jobs, the latest changed first',
      jsonBody(z.object({ jobs: z.array(jobSchema), next: z.string().nullable() })),
      [
        query('state', 'one or more, separated by commas'),
        query('model', 'of this model only'),
        query('limit', 'at the most so many'),
        query('after', '"next" of the page before'),
      ],
    ),
  },
  '/jobs/{id}': {
    get: operation('A job: state, place in the queue, progress', jsonBody(jobSchema), id),
    delete: {
      ...operation('Cancels a job, or erases it', jsonBody(z.union([jobSchema, erasedSchema])), [
        ...id,
        query('erase', 'true: removes everything of the job, from every store'),
      ]),
      responses: {
        '200': {
          description: 'The job, cancelled; or erased: nothing is left of it',
          content: jsonBody(z.union([jobSchema, erasedSchema])),
        },
        '202': { description: 'It will be erased, within a minute', content: jsonBody(erasedSchema) },
        default: { description: 'What went wrong', content: jsonBody(ownDialect.errorSchema) },
      },
    },
  },
  '/jobs/{id}/retry': {
    post: {
      ...operation('Runs a job again that failed or was cancelled', jsonBody(jobSchema), id),
      responses: {
        '202': { description: 'The job, which waits again', content: jsonBody(jobSchema) },
        default: { description: 'What went wrong', content: jsonBody(ownDialect.errorSchema) },
      },
    },
  },
  '/jobs/{id}/result': {
    get: operation('The transcript of a job that is completed', { 'application/json': { schema: {} } }, [
      ...id,
      query('response_format', 'json, text, srt, vtt, tsv or verbose_json'),
    ]),
  },
  '/jobs/{id}/events': {
    get: operation('What has happened to a job and what comes', { 'text/event-stream': { schema: {} } }, [
      ...id,
      { name: 'Last-Event-ID', in: 'header', description: 'go on after this event', schema: text },
      query('after', 'the same, for those who cannot set a header'),
    ]),
  },
  '/status': { get: operation('Queues, workers, models, cache', jsonBody(z.looseObject({})), []) },
  '/usage': {
    get: operation(
      "What the caller's key may use, and what its jobs were, day by day",
      jsonBody(usageSchema),
      [query('days', 'how many, today included (7)')],
    ),
  },
  '/livez': {
    get: operation('Whether this process lives', jsonBody(z.object({ alive: z.literal(true) })), []),
  },
  '/readyz': {
    get: operation(
      'Whether this process should get requests',
      jsonBody(z.object({ ready: z.boolean(), workers: z.int().optional(), why: z.string().optional() })),
      [],
    ),
  },
};
