import { PipelineError } from '../contracts/errors.ts';

/** Aborts at the first SIGTERM or SIGINT, or when a parent that opened an IPC channel is gone. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  const abort = (): void => {
    stop.abort();
  };
  process.on('SIGTERM', abort);
  process.on('SIGINT', abort);
  process.on('disconnect', abort);
  process.channel?.unref(); // listening for its end must not keep us alive
  process.on('uncaughtException', endWith);
  return stop.signal;
}

/** A service that is stopped while it still waits for something ends well; any other error that nobody caught does not. */
function endWith(error: unknown): void {
  if (error instanceof PipelineError && error.code === 'stopping') process.exit(0);
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}

export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}

/** The last resort: ends a process whose stop hangs. The only `process.exit` on the way out. */
export function armStopDeadline(signal: AbortSignal, deadlineMs: number): void {
  signal.addEventListener(
    'abort',
    () => {
      setTimeout(() => {
        process.stderr.write(`Stop took longer than ${deadlineMs} ms: ending now\n`);
        process.exit(1);
      }, deadlineMs).unref();
    },
    { once: true },
  );
}
