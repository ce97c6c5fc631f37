/** `npm start`: gets what is missing, starts everything, waits for Ctrl-C, stops everything. */
import { untilAborted } from '@whisper/shared/kit/stop-signal';
import { environment, startSettings } from './config.ts';
import { onStopSignals } from './start/on-stop-signals.ts';
import { Shutdown } from './start/shutdown.ts';
import { startSystem } from './start/start-system.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const shutdown = new Shutdown(say);
onStopSignals(shutdown, say);

try {
  await startSystem({ settings: startSettings, env: environment, say, shutdown });
  await untilAborted(shutdown.signal);
} catch (error) {
  if (!shutdown.signal.aborted) {
    process.exitCode = 1;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  }
}
await shutdown.stopAll();
