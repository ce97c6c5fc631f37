import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ENTRY = 'packages/ctl/src/main.ts';

export interface CtlResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm run ctl -- …` without npm, as a script would use it: no terminal. */
export async function runCtl(natsUrl: string, ...args: readonly string[]): Promise<CtlResult> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=development', ENTRY, ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], NATS_URL: natsUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
