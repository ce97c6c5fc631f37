import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { freePort } from '@whisper/infra/processes/free-port';
import { eventually } from '../helpers/eventually.ts';
import { suite } from '../helpers/suite.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SERVICES = ['ingest', 'scheduler', 'cpu-worker'] as const;

function start(service: string, env: NodeJS.ProcessEnv): { child: ChildProcess; output: () => string } {
  const flags = ['--import', 'tsx', '--conditions=development'];
  const child = spawn(process.execPath, [...flags, `services/${service}/src/main.ts`], { cwd: ROOT, env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  }
  return { child, output: () => output };
}

suite(
  'starting in any order',
  {},
  (test) => {
    for (const service of SERVICES) {
      test(`${service} without NATS says what it waits for, and stops well`, async () => {
        const env = { ...process.env, NATS_URL: `nats://127.0.0.1:${await freePort()}`, PORT: '0' };
        const { child, output } = start(service, env);
        await eventually(() => output().includes('waiting for NATS'), { timeoutMs: 20_000 });
        child.kill('SIGTERM');
        const [code] = (await once(child, 'exit')) as [number];
        assert.is(code, 0);
      });

      test(`${service} with a wrong setting names it and ends with 1`, async () => {
        const { child, output } = start(service, { ...process.env, DRAIN_SECONDS: 'soon' });
        const [code] = (await once(child, 'exit')) as [number];
        assert.is(code, 1);
        assert.match(output(), 'DRAIN_SECONDS');
      });
    }
  },
  { timeoutMs: 120_000 },
);
