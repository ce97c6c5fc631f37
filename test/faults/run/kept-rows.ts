import { readFile, writeFile } from 'node:fs/promises';
import type { Row } from './table.ts';

/** Puts a row in the place of an earlier one of the same fault, so that a table can be made in several sittings. */
export async function keepRow(path: string, { fault, outcome }: Row): Promise<void> {
  const { id, title, load, criterion } = fault;
  const others = (await readRows(path)).filter((row) => row.fault.id !== id);
  const rows = [...others, { fault: { id, title, load, criterion }, outcome }];
  rows.sort((a, b) => a.fault.id.localeCompare(b.fault.id));
  await writeFile(path, `${JSON.stringify(rows, null, 2)}\n`);
}

export async function readRows(path: string): Promise<readonly Row[]> {
  const text = await readFile(path, 'utf8').catch(() => '[]');
  return JSON.parse(text) as Row[];
}
