import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A Python that has this package, by `PYTHON_BIN` or on the path; without one says that something was skipped. */
export async function pythonWith(name: string): Promise<string | undefined> {
  const python = process.env['PYTHON_BIN'] ?? 'python3';
  try {
    await promisify(execFile)(python, ['-c', `import ${name}`]);
    return python;
  } catch {
    process.stdout.write(`skipped: ${python} has no ${name}\n`);
    return undefined;
  }
}
