import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { makePython } from '@whisper/infra/models/make-python';

/** `PYTHON_BIN`, or a virtual environment in `cache` with what `test/fidelity/requirements.txt` names. */
export async function findPython(cache: string, fidelity: string): Promise<string> {
  const given = process.env['PYTHON_BIN'];
  if (given !== undefined) return given;
  const directory = join(cache, 'venv');
  return makePython({
    directory,
    requirements: join(fidelity, 'requirements.txt'),
    onMake: () => void process.stdout.write(`making a Python with openai-whisper in ${directory} (once)\n`),
  });
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
