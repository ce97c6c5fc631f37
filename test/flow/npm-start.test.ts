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
import { makeCertificate } from '../helpers/make-certificate.ts';
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

interface Started {
  readonly output: () => string;
  readonly stop: () => Promise<void>;
}

/** Until it says that it is ready. */
async function start(directory: string, settings: NodeJS.ProcessEnv = {}): Promise<Started> {
  const env = {
    ...process.env,
    DATA_DIR: directory,
    PORT: String(await freePort()),
    NATS_PORT: String(await freePort()),
    MINIO_PORT: String(await freePort()),
    DEFAULT_MODEL: 'pico',
    ...settings,
  };
  const child = spawn('npm', ['start'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  }
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
  };
  const isReady = (): boolean => output.includes('Ctrl-C stops everything');
  await eventually(isReady, { timeoutMs: 60_000 }).catch(async (error: unknown) => {
    await stop();
    throw new Error(output, { cause: error });
  });
  return { output: () => output, stop };
}

/** What the line that was printed to be tried brings. */
async function answerOf(output: string): Promise<string> {
  const curl = /^Try:\s+(curl .*)$/m.exec(output)?.[1] ?? 'false';
  return (await promisify(exec)(curl, { cwd: ROOT })).stdout;
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
      const started = await start(directory);
      assert.is(await answerOf(started.output()), '{"text":"four nine two seven"}');
      await started.stop();
      await eventually(async () => (await processesOf(directory)).length === 0, { timeoutMs: 20_000 });
      assert.equal(await readdir(join(directory, 'run')), []);
      assert.equal(await readdir(join(directory, 'spool')), []);
      assert.match(started.output(), 'Stopping');
    });

    test('with a certificate it is ready by https, and curl is told whom to trust', async ({ directory }) => {
      const { certFile, keyFile } = await makeCertificate(directory, 'face');
      const started = await start(directory, { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile });
      assert.match(started.output(), /^Ready at +https:/m);
      assert.match(started.output(), `curl --cacert ${certFile} `);
      assert.is(await answerOf(started.output()), '{"text":"four nine two seven"}');
      await started.stop();
    });
  },
  { timeoutMs: 120_000 },
);
