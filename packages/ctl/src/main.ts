import { connectBus } from '@whisper/shared/bus/connect';
import { PipelineError } from '@whisper/shared/contracts/errors';
import { createLogger, withoutCredentials } from '@whisper/shared/kit/logger';
import { openJobRecords } from '@whisper/shared/storage/job-records';
import { config } from './config.ts';
import { COMMANDS } from './commands.ts';
import { exitCodeOf, describeFailure } from './exit-code.ts';
import { helpFor, readCommandLine, type Ctl } from './command.ts';
import { createPaint } from './text/paint.ts';

/** `npm run ctl -- <command>`: one command against a running system, by NATS alone. */
const CONNECT_MS = 5_000;
const wantsJson = process.argv.includes('--json');

try {
  const call = readCommandLine(COMMANDS, process.argv.slice(2));
  if (call.kind === 'help') {
    process.stdout.write(`${helpFor(COMMANDS, call.about)}\n`);
  } else {
    await using ctl = await open();
    const { json, text } = await call.command.run(ctl, call.given);
    const answer = call.asJson ? JSON.stringify(json, undefined, 2) : text;
    if (answer !== '') process.stdout.write(`${answer}\n`);
  }
} catch (error) {
  // A dial that nobody answers would keep the process alive.
  process.stderr.write(`${describeFailure(error, wantsJson)}\n`, () => process.exit(exitCodeOf(error)));
}

async function open(): Promise<Ctl & AsyncDisposable> {
  const log = createLogger('ctl', 'silent');
  const bus = await connectBus('operator', config, log, AbortSignal.timeout(CONNECT_MS)).catch(
    (cause: unknown) => {
      if (!(cause instanceof PipelineError)) throw cause; // refused: it says why
      const where = withoutCredentials(config.NATS_URL);
      throw new PipelineError('queue_unavailable', `NATS does not answer at ${where}`, { cause });
    },
  );
  const isTerminal = process.stdout.isTTY;
  return {
    bus,
    log,
    records: await openJobRecords(bus),
    paint: createPaint(isTerminal && config.NO_COLOR === undefined),
    [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose](),
  };
}
