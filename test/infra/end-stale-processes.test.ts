import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { endStaleProcesses } from '@whisper/infra/processes/end-stale-processes';
import { writePidFile } from '@whisper/infra/processes/pid-file';
import { suite } from '../helpers/suite.ts';

/** A process in a group of its own, as a killed run leaves it. */
function leaveProcess(script: string): { readonly child: ChildProcess; readonly pid: number } {
  const child = spawn(process.execPath, ['-e', script], { detached: true, stdio: 'ignore' });
  if (child.pid === undefined) throw new Error('could not start');
  return { child, pid: child.pid };
}

suite('processes that a killed run has left', { directory: '' }, (test) => {
  test.before(async (ctx) => {
    ctx.directory = await mkdtemp(join(tmpdir(), 'stale-'));
  });
  test.after(async ({ directory }) => {
    await rm(directory, { recursive: true, force: true });
  });

  test('are ended, even when they ignore SIGTERM', async ({ directory }) => {
    const { child, pid } = leaveProcess("process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)");
    const gone = new Promise((resolve) => child.once('exit', resolve));
    writePidFile(join(directory, 'stubborn.pid'), pid);
    assert.equal(await endStaleProcesses(directory, 200), ['stubborn']);
    await gone;
    assert.equal(await readdir(directory), []);
  });

  test('are left alone when the process id belongs to someone else by now', async ({ directory }) => {
    const { child, pid } = leaveProcess('setInterval(() => {}, 1000)');
    writeFileSync(join(directory, 'reused.pid'), `${pid} 12345\n`);
    assert.equal(await endStaleProcesses(directory, 200), []);
    assert.is(child.exitCode, null);
    assert.is(child.signalCode, null);
    assert.equal(await readdir(directory), []);
    child.kill('SIGKILL');
  });
});
