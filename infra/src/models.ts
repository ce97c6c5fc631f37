/** `npm run models -- list | pull | verify | remove | export`: models on this machine. */
import { PipelineError } from '@whisper/shared/contracts/errors';
import { stopSignal } from '@whisper/shared/kit/stop-signal';
import { modelsSettings } from './models/config.ts';
import { UsageError, type ModelsContext } from './models/models-settings.ts';
import { runModels } from './models/run-models.ts';

const { stdout } = process;
const context: ModelsContext = {
  settings: modelsSettings,
  say: (line) => void stdout.write(`${line}\n`),
  sayOver: stdout.isTTY ? (line) => void stdout.write(`\r${line}`) : undefined,
  signal: stopSignal(),
};

try {
  process.exitCode = await runModels(process.argv.slice(2), context);
} catch (error) {
  process.exitCode = 1;
  const isTold = error instanceof UsageError || error instanceof PipelineError;
  process.stderr.write(`${isTold ? error.message : String(error)}\n`);
}
