import { readOverview } from '@whisper/shared/overview/read-overview';
import { watchSettings } from '@whisper/shared/storage/settings';
import { watchWorkers } from '@whisper/shared/storage/worker-registry';
import { UsageError, type Command, type Ctl } from '../command.ts';
import { renderOverview } from '../view/render-overview.ts';
import { runScreen } from '../view/screen.ts';
import type { Overview } from '@whisper/shared/overview/overview';

const WIDTH = 100;

const status: Command = {
  name: 'status',
  arguments: [],
  summary: 'queues, lanes, workers and models, once',
  run: async (ctl) => {
    await using looking = await lookAt(ctl);
    const overview = await looking.look();
    return { json: overview, text: renderOverview(overview, ctl.paint, { columns: WIDTH }).join('\n') };
  },
};

const top: Command = {
  name: 'top',
  arguments: [],
  options: { interval: { type: 'string', means: 'seconds between two looks (1)' } },
  summary: 'the same, live; q ends it. Into a pipe or a file it is written once',
  run: async (ctl, given) => {
    const intervalMs = readInterval(given.option('interval') ?? '1');
    const { stdout, stdin } = process;
    if (!stdout.isTTY || !stdin.isTTY) return status.run(ctl, given);
    await using looking = await lookAt(ctl);
    await runScreen({ stdout, stdin }, intervalMs, async (size) =>
      renderOverview(await looking.look(), ctl.paint, size),
    );
    return { json: null, text: '' };
  },
};

export const statusCommands: readonly Command[] = [top, status];

interface Looking extends AsyncDisposable {
  readonly look: () => Promise<Overview>;
}

/** Follows workers and settings as long as somebody looks. */
async function lookAt({ bus, log }: Ctl): Promise<Looking> {
  const settings = await watchSettings(bus, log);
  const workers = await watchWorkers(bus, log);
  return {
    look: () => readOverview({ bus, workers, classOf: settings.classOf }),
    [Symbol.asyncDispose]: async () => {
      await workers[Symbol.asyncDispose]();
      await settings[Symbol.asyncDispose]();
    },
  };
}

function readInterval(given: string): number {
  const seconds = Number(given);
  if (given !== '' && seconds >= 0.2 && seconds <= 3600) return seconds * 1000;
  throw new UsageError('--interval must be from 0.2 to 3600 seconds');
}
