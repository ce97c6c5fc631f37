import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { NatsEnv } from './start-servers.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ENTRY = 'packages/ctl/src/main.ts';

const COMMAND = ['--import', 'tsx', '--conditions=development', ENTRY];

/** The same in a terminal: `script` gives it one. Keys are typed once the screen shows what they wait for. */
export async function runCtlInTerminal(
  nats: NatsEnv,
  args: readonly string[],
  { until, keys }: { readonly until: RegExp; readonly keys: string },
): Promise<CtlResult> {
  const command = [process.execPath, ...COMMAND, ...args].join(' ');
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], ...nats, TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let stdout = '';
  let typed = false;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    if (typed || !until.test(stdout)) return;
    typed = true;
    child.stdin.write(keys);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr: '' };
}

export interface CtlResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm run ctl -- …` without npm, as a script would use it: no terminal. */
export async function runCtl(nats: NatsEnv, ...args: readonly string[]): Promise<CtlResult> {
  const child = spawn(process.execPath, [...COMMAND, ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], ...nats },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
