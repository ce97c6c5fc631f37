import type { Shutdown } from './shutdown.ts';

/** Ctrl-C reaches us twice, from the terminal and through npm: only a later one is meant as a second. */
const SECOND_SIGNAL_AFTER_MS = 1000;
const KILLED_EXIT_CODE = 130;

/** The first SIGINT or SIGTERM asks for a stop in order, a later one ends everything at once. */
export function onStopSignals(shutdown: Shutdown, say: (line: string) => void): void {
  let firstAtMs: number | undefined;
  const onSignal = (): void => {
    if (firstAtMs === undefined) {
      firstAtMs = performance.now();
      shutdown.request();
    } else if (performance.now() - firstAtMs > SECOND_SIGNAL_AFTER_MS) {
      say('Second signal: ending everything at once');
      shutdown.killAll();
      process.exit(KILLED_EXIT_CODE);
    }
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}
