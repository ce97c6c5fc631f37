import { fileURLToPath } from 'node:url';
import { findTests } from './run/find-tests.ts';
import { prepareServers } from './run/prepare-servers.ts';
import { runFile, type FileResult } from './run/run-file.ts';

/**
 * `npm test [-- part-of-a-path …]`: gets the real servers, runs each test file in a process of its own, one after
 * the other, and ends with the line `N passed, N failed`.
 */
process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const files = await findTests('test', process.argv.slice(2));
const env = await prepareServers(process.env);
const results: FileResult[] = [];
for (const file of files) {
  const result = await runFile(file, env);
  results.push(result);
  report(result);
}
const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

function report(result: FileResult): void {
  const mark = result.failed === 0 ? 'ok  ' : 'FAIL';
  const counts = `${result.passed} passed${result.failed > 0 ? `, ${result.failed} failed` : ''}`;
  process.stdout.write(`${mark} ${result.file}  ${counts}  ${result.seconds.toFixed(1)} s\n`);
  for (const line of result.output.match(/^.*skipped: .*$/gm) ?? []) process.stdout.write(`     ${line}\n`);
  if (result.failed > 0) process.stdout.write(`${result.output}\n`);
}
