import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../helpers/suite.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

suite(
  'gpu-worker',
  {},
  (test) => {
    test('names the card that computes, or says why none does and ends with 1', async () => {
      const flags = ['--import', 'tsx', '--conditions=development'];
      const probe = spawn(process.execPath, [...flags, 'services/gpu-worker/src/main.ts', '--probe'], {
        cwd: ROOT,
      });
      let output = '';
      for (const stream of [probe.stdout, probe.stderr]) {
        stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
      }
      const [code] = (await once(probe, 'exit')) as [number];
      if (code === 0) assert.match(output, /\((cuda|webgpu)\)/);
      else assert.match(output, /^No usable GPU: \S+/);
      assert.ok(code === 0 || code === 1);
    });
  },
  { timeoutMs: 120_000 },
);
