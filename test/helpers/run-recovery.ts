import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import type { Servers } from './start-servers.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ENTRY = ['--import', 'tsx', '--conditions=development', 'infra/src/recovery.ts'];

/** `npm run backup` and `npm run restore` without npm, as their role. @returns what it has written */
export async function runRecovery(
  { natsEnv, s3As }: Servers,
  what: 'backup' | 'restore',
  folder: string,
  settings: NodeJS.ProcessEnv = {},
): Promise<string> {
  const env = { PATH: process.env['PATH'], ...natsEnv, ...s3As('provisioner'), ...settings };
  const child = spawn(process.execPath, [...ENTRY, what, folder], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  assert.is(code, 0, output);
  return output;
}
