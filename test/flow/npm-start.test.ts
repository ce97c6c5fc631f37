import { exec, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { freePort } from '@whisper/infra/processes/free-port';
import { eventually } from '../helpers/eventually.ts';
import { suite } from '../helpers/suite.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Ids of processes whose environment or arguments name this folder. */
async function processesOf(directory: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const uses = await Promise.all(
    pids.map(async (pid) => {
      const files = ['cmdline', 'environ'].map((file) =>
        readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => ''),
      );
      return (await Promise.all(files)).some((text) => text.includes(directory));
    }),
  );
  return pids.filter((_, i) => uses[i]);
}

suite(
  'npm start',
  { directory: '' },
  (test) => {
    test.before(async (context) => {
      context.directory = await mkdtemp(join(tmpdir(), 'whisper-start-'));
    });
    test.after(async ({ directory }) => {
      await rm(directory, { recursive: true, force: true });
    });

    test('starts everything, prints a curl line that works, and one SIGTERM leaves nothing', async ({
      directory,
    }) => {
      const env = {
        ...process.env,
        DATA_DIR: directory,
        PORT: String(await freePort()),
        NATS_PORT: String(await freePort()),
        MINIO_PORT: String(await freePort()),
        DEFAULT_MODEL: 'pico',
      };
      const start = spawn('npm', ['start'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
      const exited = once(start, 'exit');
      let output = '';
      for (const stream of [start.stdout, start.stderr]) {
        stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
      }
      await eventually(() => output.includes('Ctrl-C stops everything'), { timeoutMs: 60_000 });
      const curl = /^Try:\s+(curl .*)$/m.exec(output)?.[1] ?? 'false';
      assert.is((await promisify(exec)(curl, { cwd: ROOT })).stdout, '{"text":"four nine two seven"}');

      start.kill('SIGTERM');
      await exited;
      await eventually(async () => (await processesOf(directory)).length === 0, { timeoutMs: 20_000 });
      assert.equal(await readdir(join(directory, 'run')), []);
      assert.equal(await readdir(join(directory, 'spool')), []);
      assert.match(output, 'Stopping');
    });
  },
  { timeoutMs: 120_000 },
);
