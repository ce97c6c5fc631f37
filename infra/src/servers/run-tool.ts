import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { signalIfThere } from '../processes/signal-if-there.ts';

export interface ToolRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly cwd?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Every line of either stream as it comes. */
  readonly onLine?: ((line: string) => void) | undefined;
}

const KEPT_ERROR_LINES = 3;
const TERMINATION_GRACE_MS = 3000;

/**
 * Runs a foreign tool to its end and returns its standard output. An abort ends the whole process
 * group: `go install` has compilers below it.
 * @throws with the last lines of standard error when the tool fails.
 */
export async function runTool(run: ToolRun): Promise<string> {
  run.signal?.throwIfAborted();
  const child = spawn(run.command, run.args, {
    cwd: run.cwd,
    env: run.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stopGroup = (): void => {
    endGroup(child);
  };
  run.signal?.addEventListener('abort', stopGroup, { once: true });
  try {
    return await collect(child, run, child.stdout, child.stderr);
  } finally {
    run.signal?.removeEventListener('abort', stopGroup);
  }
}

/** Asks first, so that apt does not leave a half-configured system. */
function endGroup(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  signalIfThere(-pid, 'SIGTERM');
  const force = setTimeout(() => {
    signalIfThere(-pid, 'SIGKILL');
  }, TERMINATION_GRACE_MS);
  child.once('close', () => {
    clearTimeout(force);
  });
}

async function collect(child: ChildProcess, run: ToolRun, out: Readable, err: Readable): Promise<string> {
  const output = readLines(out, run.onLine);
  const errors = readLines(err, run.onLine);
  await ended(child, run, errors);
  return output.join('\n');
}

function readLines(stream: Readable, onLine: ToolRun['onLine']): readonly string[] {
  const lines: string[] = [];
  createInterface({ input: stream }).on('line', (line) => {
    lines.push(line);
    onLine?.(line);
  });
  return lines;
}

async function ended(child: ChildProcess, run: ToolRun, errors: readonly string[]): Promise<void> {
  const [code, killedBy] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (...outcome) => {
      resolve(outcome);
    });
  });
  run.signal?.throwIfAborted();
  if (code === 0) return;
  const why = errors.slice(-KEPT_ERROR_LINES).join(' / ');
  throw new Error(`${run.command} ${run.args[0] ?? ''} ended with ${killedBy ?? code ?? '?'}: ${why}`);
}
