import { spawn } from 'node:child_process';
import { once } from 'node:events';

const FILE_TIMEOUT_MS = 10 * 60_000;

export interface FileResult {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
  readonly output: string;
}

/**
 * Runs one test file in a process of its own: a hang, a crash or a leak there is a failure of that file.
 * A file that ends without a total, or whose code says otherwise than its total, counts as one failure.
 */
export async function runFile(file: string, env: NodeJS.ProcessEnv): Promise<FileResult> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=development', file], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  }
  const timer = setTimeout(() => {
    output += `\n${file} took more than ${FILE_TIMEOUT_MS / 1000} s and was ended\n`;
    endGroup(child.pid);
  }, FILE_TIMEOUT_MS);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  endGroup(child.pid);
  return { file, ...count(output, code), seconds: (performance.now() - startedMs) / 1000, output };
}

function count(output: string, code: number | null): { passed: number; failed: number } {
  const total = numberAfter(output, /^\s*Total:\s+(\d+)/gm);
  const passed = numberAfter(output, /^\s*Passed:\s+(\d+)/gm);
  const failed = total - passed;
  return { passed, failed: failed === 0 && (code !== 0 || total === 0) ? 1 : failed };
}

function numberAfter(output: string, pattern: RegExp): number {
  return [...output.matchAll(pattern)].reduce((sum, match) => sum + Number(match[1]), 0);
}

/** Whatever the file left running goes with it. */
function endGroup(pid: number | undefined): void {
  try {
    if (pid) process.kill(-pid, 'SIGKILL');
  } catch {
    // nothing was left
  }
}
