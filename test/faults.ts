import { fileURLToPath } from 'node:url';
import { toMarkdown, type Row } from './faults/run/table.ts';
import { FAULTS } from './faults/run/all-faults.ts';
import type { Fault } from './faults/run/fault.ts';
import { keepRow, readRows } from './faults/run/kept-rows.ts';
import { readArguments } from './faults/run/read-arguments.ts';
import { writeDocument } from './faults/run/write-document.ts';
import { prepareServers } from './run/prepare-servers.ts';

/**
 * `npm run test:faults [-- F01 F06 … --jobs 1000 --rate 10 --out rows.json --document page.md]`: breaks one thing after another under load, and
 * proves each time that no accepted job was lost or done twice. Ends with a table, and with 1 when a fault did not pass.
 */
const DEFAULT_JOBS = 1_000;

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { document, ids, jobs = DEFAULT_JOBS, jobsPerSecond, out } = readArguments(process.argv.slice(2));
const unknown = ids.filter((id) => !FAULTS.some((fault) => fault.id === id));
if (unknown.length > 0) throw new Error(`there is no ${unknown.join(', ')}`);
Object.assign(process.env, await prepareServers(process.env));
const rows: Row[] = [];
for (const fault of FAULTS) {
  if (ids.length > 0 && !ids.includes(fault.id)) continue;
  process.stdout.write(`${fault.id} ${fault.title}\n`);
  const row = { fault, outcome: await outcomeOf(fault) };
  rows.push(row);
  if (out !== undefined) await keepRow(out, row);
  process.stdout.write(report(row));
}
const table = out === undefined ? rows : await readRows(out);
if (document === undefined) process.stdout.write(`\n${toMarkdown(table)}`);
else await writeDocument(document, table);
const failed = rows.filter(({ outcome }) => 'violations' in outcome && outcome.violations.length > 0);
process.exit(failed.length === 0 ? 0 : 1); // whatever a broken site has left behind

async function outcomeOf(fault: Fault): Promise<Row['outcome']> {
  const skipped = fault.skip?.();
  if (skipped !== undefined) return { skipped };
  try {
    return await fault.run({ jobs, jobsPerSecond });
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { jobs: 0, lost: 0, doubled: 0, notes: ['the run broke off'], violations: [why] };
  }
}

function report({ outcome }: Row): string {
  if ('skipped' in outcome) return `    skipped: ${outcome.skipped}\n`;
  const { jobs: count, lost, doubled, recoverMs, notes, violations } = outcome;
  const recovered = recoverMs === undefined ? [] : [`recovered within ${(recoverMs / 1_000).toFixed(1)} s`];
  const figures = [`${count} jobs, ${lost} lost, ${doubled} doubled`, ...recovered, ...notes].join('; ');
  const shown = violations.slice(0, 20).map((violation) => `    NOT PASSED: ${violation}\n`);
  return `    ${figures}\n${shown.join('')}`;
}
