import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const START_MS = 60_000;
const STOP_MS = 30_000;

/** A service in a process of its own, as operators run it. */
export interface Service extends AsyncDisposable {
  readonly process: ChildProcess;
  /** All that it has written. */
  readonly output: () => string;
  /** Its log so far, a parsed line each. */
  readonly log: () => readonly LogLine[];
  /** What it wrote that is no log line: stacks of errors that nobody caught. */
  readonly stray: () => readonly string[];
  readonly kill: () => Promise<void>;
  /** @returns the exit code after SIGTERM */
  readonly stop: () => Promise<number | null>;
}

export interface LogLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Resolves when the service says that it is ready. */
export async function startService(entry: string, env: NodeJS.ProcessEnv): Promise<Service> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=development', entry], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const exited = once(child, 'exit');
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    if (!isGone()) await exited;
  };
  const service: Service = {
    process: child,
    output: () => output,
    log: () => parseLog(output),
    stray: () => output.split('\n').filter((line) => line !== '' && !line.startsWith('{')),
    kill: () => end('SIGKILL'),
    stop: async () => {
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await end('SIGTERM');
      clearTimeout(late);
      return child.exitCode;
    },
    [Symbol.asyncDispose]: () => end('SIGKILL'),
  };
  await eventually(
    () => {
      if (isGone()) throw new Error(`${entry} ended at its start:\n${output}`);
      return service.log().some(({ msg }) => msg === 'ready');
    },
    { timeoutMs: START_MS },
  ).catch((error: unknown) => {
    throw new Error(`${entry} is not ready:\n${output}`, { cause: error });
  });
  return service;
}

function parseLog(output: string): readonly LogLine[] {
  return output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as LogLine] : []));
}
