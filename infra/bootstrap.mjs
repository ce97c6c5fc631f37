/**
 * Runs on a bare clone, before any dependency exists: checks Node, installs what package-lock.json
 * names when that changed, then runs the given TypeScript file.
 *
 *   node infra/bootstrap.mjs [script.ts] [arguments…]
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = [20, 19];
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = resolve(root, 'node_modules/.lock-sha256');

refuseOldNode();
await installDependencies();
const [script, ...scriptArguments] = process.argv.slice(2);
if (script !== undefined) await runScript(script, scriptArguments);

function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  fail(`Node ${OLDEST_NODE.join('.')} or newer is needed, this is ${process.versions.node}.`);
}

async function installDependencies() {
  const lockHash = createHash('sha256')
    .update(readFileSync(resolve(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === lockHash) return;
  console.log('Installing dependencies…');
  const code = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (code !== 0) fail(`npm ci ended with ${code}: the dependencies are not installed.`, code);
  writeFileSync(stampFile, lockHash);
}

async function runScript(script, scriptArguments) {
  const path = existsSync(resolve(root, script)) ? resolve(root, script) : resolve(script);
  const flags = ['--import', 'tsx', '--conditions=development'];
  process.exitCode = await run(process.execPath, [...flags, path, ...scriptArguments]);
}

/** Resolves to the exit code, 128 + signal number when a signal ended the child. */
function run(command, commandArguments) {
  // The root is the working directory so that `--import tsx` finds the installed package.
  const child = spawn(command, commandArguments, { cwd: root, stdio: 'inherit' });
  const forward = (signal) => child.kill(signal);
  process.on('SIGTERM', forward);
  process.on('SIGINT', forward);
  return new Promise((done) => {
    child.once('error', (error) => fail(`${command} could not be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      process.off('SIGTERM', forward);
      process.off('SIGINT', forward);
      done(code ?? 128 + constants.signals[signal]);
    });
  });
}

function fail(message, code = 1) {
  console.error(message);
  process.exit(code);
}
