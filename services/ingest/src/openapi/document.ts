import { idempotencyKeySchema } from '@whisper/shared/contracts/idempotency';
import type { Dialect, ReadRoute, UploadRoute } from '../dialects/dialect.ts';
import { dialects } from '../dialects/dialects.ts';
import { commonSchema } from '../dialects/common-fields.ts';
import { ownDialect } from '../dialects/own/own-dialect.ts';
import { JOB_OPERATIONS } from './job-operations.ts';
import { WEBHOOK_OPERATIONS } from './webhook-operations.ts';
import {
  jsonBody,
  parametersOf,
  pathParameters,
  schemaOf,
  type Operation,
  type Parameter,
  type Paths,
} from './operation.ts';

const IDEMPOTENCY_KEY: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'the same key and the same request are the same job, for 24 hours',
  schema: schemaOf(idempotencyKeySchema),
};

export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Paths;
  readonly components: { readonly securitySchemes: Readonly<Record<string, object>> };
  /** Any of them; the empty one where no key is required. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

/** What this server answers, as OpenAPI 3.1; made from the schemas that requests are read with. */
export function openApiDocument(): OpenApiDocument {
  const others = dialects.filter((dialect) => dialect !== ownDialect);
  return {
    openapi: '3.1.0',
    info: {
      title: 'WhisperServer',
      version: '0.1.0',
      description: 'Speech to text. One job, in four dialects; identical work runs once.',
    },
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key: ws_…' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
    security: [{ bearer: [] }, { apiKey: [] }, {}],
    paths: merge([pathsOf(ownDialect), JOB_OPERATIONS, WEBHOOK_OPERATIONS, ...others.map(pathsOf)]),
  };
}

/** A path may be told of in two places: by the method. */
function merge(parts: readonly Paths[]): Paths {
  const merged: Record<string, Paths[string]> = {};
  for (const [path, operations] of parts.flatMap((paths) => Object.entries(paths))) {
    merged[path] = { ...merged[path], ...operations };
  }
  return merged;
}

function pathsOf(dialect: Dialect): Paths {
  const uploads = dialect.uploads.map((route) => [route.path, { post: uploadOperation(dialect, route) }]);
  const reads = dialect.reads.map((route) => [
    route.path.replace(/:(\w+)/g, '{$1}'),
    { get: readOperation(dialect, route) },
  ]);
  return Object.fromEntries([...uploads, ...reads]) as Paths;
}

function uploadOperation(dialect: Dialect, { answersWithJob, describe, fileField }: UploadRoute): Operation {
  const fields = schemaOf(describe.parameters);
  const common = schemaOf(commonSchema);
  const properties = describe.parametersIn === 'query' ? {} : fields.properties;
  const file = { type: 'string', contentMediaType: 'application/octet-stream' };
  const form = {
    type: 'object',
    properties: { [fileField]: file, ...common.properties, ...properties },
    description: `Needs ${fileField}, or url in its place.`,
  };
  const content = Object.fromEntries(
    Object.entries(describe.answers).map(([type, schema]) => [type, { schema: schemaOf(schema) }]),
  );
  return {
    tags: [dialect.name],
    summary: describe.summary,
    parameters: [
      ...(describe.parametersIn === 'form' ? [] : parametersOf(fields)),
      ...parametersOf(common),
      IDEMPOTENCY_KEY,
    ],
    requestBody: { required: false, content: { 'multipart/form-data': { schema: form } } },
    responses: {
      ...(!answersWithJob && { '200': { description: 'The transcript', content } }),
      ...(dialect === ownDialect && { '202': { description: 'The job, with its Location' } }),
      default: { description: 'What went wrong', content: jsonBody(dialect.errorSchema) },
    },
  };
}

function readOperation(dialect: Dialect, { describe, path }: ReadRoute): Operation {
  return {
    tags: [dialect.name],
    summary: describe.summary,
    parameters: pathParameters(path),
    responses: {
      '200': { description: 'The answer', content: jsonBody(describe.answer) },
      default: { description: 'What went wrong', content: jsonBody(dialect.errorSchema) },
    },
  };
}
