import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** `PYTHON_BIN`, or a virtual environment in `cache` with what `test/fidelity/requirements.txt` names. */
export async function findPython(cache: string, fidelity: string): Promise<string> {
  const given = process.env['PYTHON_BIN'];
  if (given !== undefined) return given;
  const python = join(cache, 'venv', 'bin', 'python');
  if (!existsSync(python)) {
    await runPython('python3', ['-m', 'venv', join(cache, 'venv')]);
    await runPython(python, ['-m', 'pip', 'install', '-q', '-r', join(fidelity, 'requirements.txt')]);
  }
  return python;
}

/** @throws Error where it does not end with 0. */
export async function runPython(python: string, args: readonly string[]): Promise<void> {
  const child = spawn(python, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0) throw new Error(`${python} ${args.join(' ')} ended with ${code ?? 'a signal'}`);
}
