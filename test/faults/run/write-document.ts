import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { toMarkdown, type Row } from './table.ts';

const BEGIN = '<!-- faults: written by npm run test:faults -->';
const END = '<!-- faults: end -->';

/** Puts the rows in the place of the table of a document. */
export async function writeDocument(path: string, rows: readonly Row[]): Promise<void> {
  const text = await readFile(path, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${path} has no place for the table`);
  const filled = `${before}${BEGIN}\n\n${toMarkdown(rows)}\n${END}${after}`;
  await writeFile(path, await format(filled, { ...(await resolveConfig(path)), filepath: path }));
}
