import { findOnPath, isExecutable } from './find-on-path.ts';
import type { FindOptions } from './find-server.ts';
import { reportEvery } from './report-every.ts';
import { runTool } from './run-tool.ts';

const REPORT_INTERVAL_MS = 5000;

/** Finds ffmpeg, or installs it with apt where we may. */
export async function findFfmpeg(options: FindOptions): Promise<string> {
  const setting = options.env['FFMPEG_BIN'];
  if (setting !== undefined && setting !== '') {
    if (!isExecutable(setting)) throw new Error(`FFMPEG_BIN names ${setting}: no such program`);
    return setting;
  }
  return findOnPath('ffmpeg', options.env) ?? (await installFfmpeg(options));
}

async function installFfmpeg(options: FindOptions): Promise<string> {
  try {
    const prefix = await rootPrefix(options);
    options.onProgress('Installing ffmpeg with apt');
    await apt(prefix, ['update'], options);
    await apt(prefix, ['install', '-y', '--no-install-recommends', 'ffmpeg'], options);
    await installBubblewrap(prefix, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    const advice = 'Install it (apt-get install ffmpeg) or name it in FFMPEG_BIN';
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`ffmpeg is missing. ${advice}. Installing it here failed: ${reason}`, { cause: error });
  }
  const path = findOnPath('ffmpeg', options.env);
  if (path === undefined) throw new Error('apt installed ffmpeg, but it is not on PATH');
  return path;
}

/** The workers put ffmpeg in a sandbox where bubblewrap exists; it is not needed. */
async function installBubblewrap(prefix: readonly string[], options: FindOptions): Promise<void> {
  if (findOnPath('bwrap', options.env)) return;
  try {
    await apt(prefix, ['install', '-y', '--no-install-recommends', 'bubblewrap'], options);
  } catch {
    options.signal?.throwIfAborted();
    options.onProgress('bubblewrap could not be installed: ffmpeg will run without its sandbox');
  }
}

async function rootPrefix(options: FindOptions): Promise<readonly string[]> {
  if (!findOnPath('apt-get', options.env)) throw new Error('apt-get is not on this machine');
  if (process.getuid?.() === 0) return [];
  await runTool({ command: 'sudo', args: ['-n', 'true'], env: options.env });
  return ['sudo', '-n'];
}

async function apt(prefix: readonly string[], args: readonly string[], options: FindOptions): Promise<void> {
  // `env` carries the settings across sudo, which clears the environment.
  const aptGet = ['DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-o', 'DPkg::Lock::Timeout=120'];
  const words: readonly string[] = [...prefix, 'env', ...aptGet, ...args];
  const report = (seconds: number): void => {
    options.onProgress(`  apt-get ${args[0] ?? ''}: ${seconds} s`);
  };
  await reportEvery(REPORT_INTERVAL_MS, report, () =>
    runTool({ command: words[0] ?? 'env', args: words.slice(1), env: options.env, signal: options.signal }),
  );
}
