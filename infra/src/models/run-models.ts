import { parseArgs } from 'node:util';
import type { DeviceKind } from '@whisper/speech/model/choose-onnx-files';
import { findLocalModel, listLocalModels, type LocalModel } from '@whisper/speech/models/local-models';
import { exportModel } from './export-model.ts';
import { listModels } from './list-models.ts';
import { UsageError, type ModelsContext } from './models-settings.ts';
import { pullModel } from './pull-model.ts';
import { removeModel } from './remove-model.ts';
import { recordModel, verifyModel } from './verify-model.ts';

export const USAGE = `npm run models -- list
                  pull NAME… [--device cpu|gpu]
                  verify [NAME…] [--record]
                  remove NAME…
                  export CHECKPOINT [--out DIR] [--precision int8|fp32|fp16] [--tokenizer DIR]`;

const OPTIONS = {
  device: { type: 'string', default: 'cpu' },
  record: { type: 'boolean', default: false },
  out: { type: 'string' },
  precision: { type: 'string', default: 'int8' },
  tokenizer: { type: 'string' },
} as const;

/**
 * Runs one command of `npm run models`.
 * @returns the exit code: 1 where a file of a model is damaged.
 * @throws UsageError for arguments that say nothing; what the commands throw.
 */
export async function runModels(given: readonly string[], context: ModelsContext): Promise<number> {
  const { command, names, options } = parse(given);
  switch (command) {
    case 'list':
      await listModels(context);
      return 0;
    case 'pull':
      for (const name of atLeastOne(names)) await pullModel(context, name, deviceOf(options.device));
      return 0;
    case 'remove':
      for (const name of atLeastOne(names)) await removeModel(context, name);
      return 0;
    case 'verify':
      return verifyModels(context, names, options.record);
    case 'export': {
      const { out, tokenizer } = options;
      for (const checkpoint of atLeastOne(names)) {
        await exportModel(context, { checkpoint, out, tokenizer, precision: options.precision });
      }
      return 0;
    }
    case undefined:
    default:
      throw new UsageError(USAGE);
  }
}

interface Parsed {
  readonly command: string | undefined;
  readonly names: readonly string[];
  readonly options: ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];
}

function parse(given: readonly string[]): Parsed {
  try {
    const { values, positionals } = parseArgs({ args: [...given], options: OPTIONS, allowPositionals: true });
    const [command, ...names] = positionals;
    return { command, names, options: values };
  } catch (cause) {
    throw new UsageError(`${cause instanceof Error ? cause.message : ''}\n${USAGE}`, { cause });
  }
}

function atLeastOne(names: readonly string[]): readonly string[] {
  if (names.length === 0) throw new UsageError(USAGE);
  return names;
}

function deviceOf(device: string): DeviceKind {
  if (device === 'cpu' || device === 'gpu') return device;
  throw new UsageError(`--device is cpu or gpu, not ${device}.`);
}

async function verifyModels(
  context: ModelsContext,
  names: readonly string[],
  record: boolean,
): Promise<number> {
  let code = 0;
  for (const model of await modelsCalled(context, names)) {
    if (record) await recordModel(context, model);
    if (!(await verifyModel(context, model))) code = 1;
  }
  return code;
}

async function modelsCalled({ settings }: ModelsContext, names: readonly string[]): Promise<readonly LocalModel[]> {
  const directories = [settings.modelsDirectory, settings.bundledDirectory];
  if (names.length === 0) return listLocalModels(directories);
  return Promise.all(
    names.map(async (name) => {
      const model = await findLocalModel(name, directories);
      if (model === undefined) throw new UsageError(`There is no model "${name}" here.`);
      return model;
    }),
  );
}
