import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { JOB_EVENT_KINDS, jobEventSchemas } from '@whisper/shared/contracts/job-event';

const DIRECTORY = fileURLToPath(new URL('../../docs/schemas', import.meta.url));

/** The published JSON Schema of each event, by file name. */
export function eventSchemaFiles(): ReadonlyMap<string, string> {
  return new Map(
    JOB_EVENT_KINDS.map((kind) => {
      const schema = { title: `whisper.job.${kind}`, ...z.toJSONSchema(jobEventSchemas[kind]) };
      return [`${kind}.json`, `${JSON.stringify(schema, undefined, 2)}\n`];
    }),
  );
}

export const eventSchemaPath = (file: string): string => join(DIRECTORY, file);

/** `npm run schemas`: writes them to `docs/schemas`. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await mkdir(DIRECTORY, { recursive: true });
  for (const [file, text] of eventSchemaFiles()) await writeFile(eventSchemaPath(file), text);
}
