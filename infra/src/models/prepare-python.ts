import { join } from 'node:path';
import { makePython, type PythonHome } from './make-python.ts';
import { UsageError, type ModelsContext } from './models-settings.ts';

/**
 * The Python that exports: the one that PYTHON_BIN names, else one of our own in the cache with what it needs.
 * @throws UsageError where none can be made.
 */
export async function preparePython({ settings, say, signal }: ModelsContext): Promise<string> {
  if (settings.pythonPath !== undefined) return settings.pythonPath;
  const home: PythonHome = {
    directory: join(settings.cacheDirectory, 'export-python'),
    requirements: join(settings.exporter, 'requirements.txt'),
    onMake: () => {
      say('Preparing a Python with numpy and onnx (once)');
    },
    signal,
  };
  try {
    return await makePython(home);
  } catch (cause) {
    signal.throwIfAborted();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`No Python with numpy and onnx can be prepared (${why}). ${ADVICE}`, { cause });
  }
}

const ADVICE = 'PYTHON_BIN may name a Python 3.11 or newer that has them.';

/** `cause` as it is, unless it says that this Python is not there. */
export function withoutPython(python: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('syscall' in cause)) return cause;
  return new UsageError(`${python} cannot be started (${cause.message}). ${ADVICE}`, { cause });
}
