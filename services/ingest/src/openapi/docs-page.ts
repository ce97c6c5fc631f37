import { escapeHtml } from '../http/escape-html.ts';
import type { OpenApiDocument } from './document.ts';
import type { JsonSchema, Operation } from './operation.ts';

/** The document for people: one page, no scripts, nothing from elsewhere. */
export function docsPage({ info, paths }: OpenApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags))];
  const sections = tags.map((tag) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(tag));
    return `<h2>${escapeHtml(tag)}</h2>\n${own.map((each) => section(each.method, each.path, each.operation)).join('\n')}`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(info.title)} API</title>
<style>${STYLE}</style>
<h1>${escapeHtml(info.title)} API</h1>
<p>${escapeHtml(info.description)} For programs: <a href="/openapi.json">openapi.json</a>.</p>
${sections.join('\n')}
</html>
`;
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1c2530}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin:2rem 0 .4rem}details{border-bottom:1px solid #d8dee6;padding:.4rem 0}
summary{cursor:pointer}code{font:13px/1.5 ui-monospace,monospace}table{border-collapse:collapse;width:100%;margin:.4rem 0 .8rem}
th,td{text-align:left;padding:.2rem .8rem .2rem 0;border-bottom:1px solid #eef1f5;vertical-align:top}th,.quiet{color:#5b6875;font-weight:500}`;

function section(method: string, path: string, operation: Operation): string {
  const answers = Object.entries(operation.responses).map(
    ([status, { content = {}, description }]) =>
      `<li>${escapeHtml(status)}: ${escapeHtml(description)} <span class="quiet">${escapeHtml(Object.keys(content).join(', '))}</span></li>`,
  );
  return `<details><summary><code>${method.toUpperCase()} ${escapeHtml(path)}</code> ${escapeHtml(operation.summary)}</summary>
${fieldTable(operation)}<ul>${answers.join('')}</ul></details>`;
}

function fieldTable({ parameters, requestBody }: Operation): string {
  const form = Object.entries(requestBody?.content['multipart/form-data']?.schema.properties ?? {});
  const inForm = new Set(form.map(([name]) => name));
  const others = parameters.filter(({ name }) => !inForm.has(name));
  const inQuery = new Set(parameters.map(({ name }) => name));
  const rows = [
    ...form.map(([name, schema]) => row(name, inQuery.has(name) ? 'form, query' : 'form', schema)),
    ...others.map((each) =>
      row(each.name, each.in, { ...each.schema, ...(each.description && { description: each.description }) }),
    ),
  ];
  if (rows.length === 0) return '';
  return `<table><tr><th>name</th><th>in</th><th>takes</th><th>default</th></tr>${rows.join('')}</table>\n`;
}

function row(name: string, place: string, schema: JsonSchema): string {
  const fallback = schema.default === undefined ? '' : JSON.stringify(schema.default);
  const takes = [kindOf(schema), schema.description ?? ''].filter((part) => part !== '').join('. ');
  const cells = [`<code>${escapeHtml(name)}</code>`, ...[place, takes, fallback].map(escapeHtml)];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

/** In a few words, such as "number, 0 to 1" or "json | text". */
function kindOf(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.join(' | ');
  const options = schema['anyOf'] as readonly JsonSchema[] | undefined;
  if (options) return options.map(kindOf).join(' | ');
  if (schema['const'] !== undefined) return JSON.stringify(schema['const']);
  if (schema['not'] !== undefined) return 'nothing: it is refused';
  if (schema['contentMediaType'] !== undefined) return 'file';
  const { maximum, minimum } = schema as { maximum?: number; minimum?: number };
  const bounds = [
    minimum === undefined ? '' : `from ${minimum}`,
    maximum === undefined ? '' : `to ${maximum}`,
  ];
  return [[schema.type ?? 'text'].flat().join(' | '), ...bounds].filter((part) => part !== '').join(' ');
}
