import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { runTool } from '../servers/run-tool.ts';
import { UsageError, type ModelsContext } from './models-settings.ts';
import { preparePython, withoutPython } from './prepare-python.ts';

export interface ExportRequest {
  /** A Hugging Face folder with safetensors, or a .pt file of openai/whisper. */
  readonly checkpoint: string;
  readonly out: string | undefined;
  readonly precision: string;
  readonly tokenizer: string | undefined;
}

export const PRECISIONS = ['int8', 'fp32', 'fp16'];
/** How the Python program marks what a person can mend. */
const REFUSAL = 'refused: ';

/**
 * `models -- export CHECKPOINT`: writes graphs of our own layout, by the Python program in models/export.
 * @throws UsageError for an unknown precision, without a Python that can do it, for what is no checkpoint and for a
 *   folder that cannot be written; it names the file.
 */
export async function exportModel(context: ModelsContext, request: ExportRequest): Promise<void> {
  const { settings, say } = context;
  if (!PRECISIONS.includes(request.precision)) {
    throw new UsageError(`--precision is ${PRECISIONS.join(', ')}, not ${request.precision}.`);
  }
  const given = (path: string): string => resolve(settings.workingDirectory, path);
  const checkpoint = given(request.checkpoint);
  if (!existsSync(checkpoint)) throw new UsageError(`There is no ${checkpoint}.`);
  const out = given(request.out ?? join(settings.modelsDirectory, modelNameOf(checkpoint)));
  const tokenizer = request.tokenizer === undefined ? [] : ['--tokenizer', given(request.tokenizer)];
  await runExporter(context, [checkpoint, '--out', out, '--precision', request.precision, ...tokenizer]);
  say(`${basename(out)} is in ${out}`);
}

async function runExporter(context: ModelsContext, options: readonly string[]): Promise<void> {
  const { settings, say, signal } = context;
  const python = await preparePython(context);
  const refusals: string[] = [];
  const onLine = (line: string): void => {
    if (line.startsWith(REFUSAL)) refusals.push(line.slice(REFUSAL.length));
    else say(line);
  };
  try {
    await runTool({ command: python, args: [settings.exporter, ...options], signal, onLine });
  } catch (cause) {
    if (refusals.length === 0) throw withoutPython(python, cause);
    throw new UsageError(refusals.join('\n'), { cause });
  }
}

/** `/models/whisper-tiny` and `tiny.pt` are both `tiny`. */
export function modelNameOf(checkpoint: string): string {
  return basename(checkpoint)
    .replace(/\.pt$/, '')
    .replace(/^whisper-/, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]/g, '-');
}
