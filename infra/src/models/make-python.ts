import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../servers/run-tool.ts';

export interface PythonHome {
  /** Where the virtual environment is or will be. */
  readonly directory: string;
  /** A requirements.txt. */
  readonly requirements: string;
  /** Called before anything is installed. */
  readonly onMake: () => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Gives the Python of a virtual environment that has what `requirements` lists; one whose making was cut is made again.
 * @throws with the last lines of venv or pip.
 */
export async function makePython({ directory, requirements, onMake, signal }: PythonHome): Promise<string> {
  const python = join(directory, 'bin/python');
  const stamp = join(directory, 'ready');
  if (existsSync(stamp)) return python;
  onMake();
  const run = (command: string, ...args: string[]): Promise<string> => runTool({ command, args, signal });
  await run('python3', '-m', 'venv', '--clear', directory);
  await run(python, '-m', 'pip', 'install', '--quiet', '--requirement', requirements);
  await writeFile(stamp, '');
  return python;
}
