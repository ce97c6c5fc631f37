import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { SupervisedProcess } from '@whisper/infra/processes/supervised-process';
import { eventually } from '../helpers/eventually.ts';
import { suite } from '../helpers/suite.ts';

const STAYS = 'setInterval(() => {}, 1000);';
const STUBBORN = `
  process.on('SIGTERM', () => {});
  const helper = require('node:child_process').spawn(process.execPath, ['-e', '${STAYS}']);
  console.log('helper ' + helper.pid);
  ${STAYS}`;

/** Supervises a few lines of JavaScript. */
function supervise(name: string, dataDirectory: string, script: string, onLine: (line: string) => void) {
  return new SupervisedProcess({
    name,
    command: process.execPath,
    args: ['-e', script],
    env: process.env,
    dataDirectory,
    endsWithUs: 'signal',
    restart: true,
    onLine,
  });
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

suite('a supervised process', { directory: '' }, (test) => {
  test.before(async (ctx) => {
    ctx.directory = await mkdtemp(join(tmpdir(), 'supervised-'));
  });
  test.after(async ({ directory }) => {
    await rm(directory, { recursive: true, force: true });
  });

  test('is started again after a crash', async ({ directory }) => {
    const lines: string[] = [];
    const supervised = supervise('crashing', directory, STAYS, (line) => lines.push(line));
    const first = await eventually(() => supervised.pid);
    process.kill(first, 'SIGKILL');
    const second = await eventually(() => (supervised.restarts === 1 ? supervised.pid : undefined));
    assert.is.not(second, first);
    assert.match(lines.join('\n'), 'crashing ended (SIGKILL), starting it again in 0.5 s');
    await supervised.stop(1000);
    assert.not.ok(isThere(second));
  });

  test('that ignores SIGTERM is killed with its helpers, and no pid file stays', async ({ directory }) => {
    const supervised = supervise('stubborn', directory, STUBBORN, () => undefined);
    const pid = await eventually(() => supervised.pid);
    const log = () => readFile(supervised.logFile, 'utf8');
    const helper = await eventually(async () => /helper (\d+)/.exec(await log())?.[1]);
    await supervised.stop(200);
    assert.not.ok(isThere(pid));
    await eventually(() => !isThere(Number(helper)));
    assert.not.ok((await readdir(join(directory, 'run'))).includes('stubborn.pid'));
  });

  test('may be stopped twice, and during the pause before a new start', async ({ directory }) => {
    const supervised = supervise('failing', directory, 'process.exit(3)', () => undefined);
    await eventually(() => supervised.pid === undefined);
    await Promise.all([supervised.stop(1000), supervised.stop(1000)]);
    assert.ok(supervised.ended);
  });

  test('shows its warnings, and keeps its other lines for the log', async ({ directory }) => {
    const lines: string[] = [];
    const warning = { level: 'warn', msg: 'blob store is slow', err: { message: 'timeout' }, jobId: 'j1' };
    const script = `
      console.log(${JSON.stringify(JSON.stringify({ level: 'info', msg: 'ready' }))});
      console.log(${JSON.stringify(JSON.stringify(warning))});
      ${STAYS}`;
    const supervised = supervise('talking', directory, script, (line) => lines.push(line));
    await eventually(() => lines.length > 0);
    await supervised.stop(1000);
    assert.equal(lines, ['[talking] warn: blob store is slow: timeout (job j1)']);
    assert.match(await readFile(supervised.logFile, 'utf8'), '"msg":"ready"');
  });
});
