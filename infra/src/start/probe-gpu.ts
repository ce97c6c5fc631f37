import { repositoryRoot } from '../config.ts';
import { runTool } from '../servers/run-tool.ts';
import { serviceCommand } from './service-command.ts';
import type { StartContext } from './start-context.ts';

const PROBE_TIMEOUT_MS = 60_000;

export interface GpuProbe {
  readonly usable: boolean;
  /** The device, or why there is none. */
  readonly description: string;
}

/** In a process of its own: a broken driver may take down who asks. */
export async function probeGpu({ settings, env, shutdown }: StartContext): Promise<GpuProbe> {
  let lastLine = '';
  try {
    await runTool({
      command: process.execPath,
      args: [...serviceCommand('gpu-worker', settings.NODE_ENV), '--probe'],
      cwd: repositoryRoot,
      env,
      signal: AbortSignal.any([shutdown.signal, AbortSignal.timeout(PROBE_TIMEOUT_MS)]),
      onLine: (line) => {
        if (line.trim() !== '') lastLine = line.trim();
      },
    });
    return { usable: true, description: lastLine };
  } catch {
    shutdown.signal.throwIfAborted();
    return {
      usable: false,
      description: lastLine.replace(/^No usable GPU: /, '') || 'the probe gave no answer',
    };
  }
}
