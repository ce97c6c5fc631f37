import { spawn, type ChildProcess } from 'node:child_process';
import { dieWithParent } from './die-with-parent.ts';

export interface ProcessCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string | undefined;
  /** `channel`: one of our services, it stops when its IPC channel closes. `signal`: a foreign program. */
  readonly endsWithUs: 'channel' | 'signal';
}

/** A child that leads a group of its own: Ctrl-C in a terminal reaches us only, and we stop things in their order. */
export function spawnProcess(plan: ProcessCommand): ChildProcess {
  const prefix = plan.endsWithUs === 'signal' ? dieWithParent(plan.env) : [];
  const [command = plan.command, ...args] = [...prefix, plan.command, ...plan.args];
  return spawn(command, args, {
    cwd: plan.cwd,
    env: plan.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', ...(plan.endsWithUs === 'channel' ? ['ipc' as const] : [])],
  });
}

/** Waits for the end; returns how it ended, in words. */
export async function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      resolve(error.message);
    });
    child.once('exit', (code, signal) => {
      resolve(signal ?? `exit code ${code ?? '?'}`);
    });
  });
}
