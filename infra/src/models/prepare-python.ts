import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../servers/run-tool.ts';
import type { ModelsContext } from './models-settings.ts';

/** The Python that exports: the one that PYTHON_BIN names, else one of our own in the cache with what it needs. */
export async function preparePython({ settings, say, signal }: ModelsContext): Promise<string> {
  if (settings.pythonPath !== undefined) return settings.pythonPath;
  const home = join(settings.cacheDirectory, 'export-python');
  const python = join(home, 'bin/python');
  const stamp = join(home, 'ready');
  if (await isThere(stamp)) return python;
  say('Preparing a Python with numpy and onnx (once)');
  const run = (command: string, ...args: string[]): Promise<string> => runTool({ command, args, signal });
  await run('python3', '-m', 'venv', home);
  await run(python, '-m', 'pip', 'install', '--quiet', '--requirement', join(settings.exporter, 'requirements.txt'));
  await writeFile(stamp, '');
  return python;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
